package crashtest

import "syscall"

// inject lets a call fail that a thread is about to make (entry), or has not made. A thread
// that a filter stopped returns with what is set at its entry.
func inject(tid int, errno syscall.Errno, entry bool) error {
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &r); err != nil {
		return err
	}
	if entry {
		r.Orig_rax = ^uint64(0) // no such call
	}
	r.Rax = -uint64(errno)
	return syscall.PtraceSetRegs(tid, &r)
}
