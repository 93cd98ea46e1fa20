package crashtest

import "syscall"

// inject lets a call fail that a thread is about to make (entry), or has not made.
func inject(tid int, errno syscall.Errno, entry bool) error {
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &r); err != nil {
		return err
	}
	if entry {
		r.Orig_rax = ^uint64(0) // no such call
	} else {
		r.Rax = -uint64(errno)
	}
	return syscall.PtraceSetRegs(tid, &r)
}
