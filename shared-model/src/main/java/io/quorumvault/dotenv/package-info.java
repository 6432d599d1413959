/// `.env` files: text to bindings and problems, and back.
///
/// One promise: a file comes back right for the reader it is meant for, or the request is refused
/// and nothing has happened. `DotenvParser` takes any text and never throws; what it finds doubtful
/// is a `DotenvProblem` with its place and never with its text. `EnvPlan` says which secrets to
/// create and to read, and renders the file once the values are there. A `Dialect` is a reader by
/// name; it writes a value only in a form that this reader gives back unchanged.
///
/// The grammar, in the notation of RFC 5234:
///
/// ```
/// file        = [BOM] *( line )
/// line        = ( blank / comment / assignment / other ) ( LF / CRLF / end )
/// comment     = *WS "#" *any-but-newline
/// assignment  = *WS [ "export" 1*WS ] key *WS "=" *WS value [ trailing ]
/// key         = ( ALPHA / "_" ) *( ALPHA / DIGIT / "_" / "." / "-" )
/// value       = dquoted / squoted / bquoted / bare
/// dquoted     = DQ *( "\" any / any-but-DQ ) DQ
/// squoted     = "'" *any-but-' "'"
/// bquoted     = "`" *any-but-` "`"
/// bare        = *any-but-newline              ; ends before WS "#"
/// trailing    = *WS [ "#" *any-but-newline ]
/// reference   = read / seal
/// read        = "secret(" *SP name [ "@" selector ] *( "|" filter ) *SP ")"
/// seal        = "enc(" *SP name [ "|generate" [ "=" length ] / ":" inline ] *SP ")"
/// name        = ( ALPHA / DIGIT / "_" ) *127( ALPHA / DIGIT / "_" / "." / "-" )
/// selector    = 1*DIGIT / date-time           ; a version, or a time of RFC 3339
/// filter      = "urlencode" / "base64" / "json"
/// inline      = 1*any-but-)-or-newline / DQ *( "\" escaped / any-but-DQ ) DQ
/// ```
///
/// References count in values only, once, and never in what was inserted for one.
///
/// Rules of this room: no clock, no randomness of its own, no file; everything is bounded and takes
/// time in proportion to its input; values are byte arrays that are wiped, as soon as they are no
/// longer part of a text the caller sent. May import `secret` and the hallway.
///
/// The readers were studied in their own sources and by running them: motdotla/dotenv and dotenvx,
/// python-dotenv, dotenv-java, compose-go, the docker and kubectl command lines, and bash; the
/// shell's rules are those of POSIX.1-2017, volume Shell and Utilities, section 2.
@NullMarked
package io.quorumvault.dotenv;

import org.jspecify.annotations.NullMarked;
