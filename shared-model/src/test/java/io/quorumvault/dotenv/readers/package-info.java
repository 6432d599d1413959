/// Small readers of `.env` files, each after what one real reader was seen to do. Written apart
/// from the code they check, and slow and simple on purpose.
@NullMarked
package io.quorumvault.dotenv.readers;

import org.jspecify.annotations.NullMarked;
