package io.quorumvault.dotenv;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What work on this thread costs: processor time, which does not depend on what else the machine
/// does, and bytes allocated.
record Measured(long cpuNanos, long allocatedBytes) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Measured of(Runnable work) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    work.run();
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    return new Measured(nanos, THREADS.getCurrentThreadAllocatedBytes() - bytes);
  }
}
