/// Programs that read `.env` files, as they are installed on this machine.
@NullMarked
package io.quorumvault.readers;

import org.jspecify.annotations.NullMarked;
