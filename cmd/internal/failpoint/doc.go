// Package failpoint lets tests break plegctl at named points, to prove that it recovers.
//
// In a normal build [Hit] is an empty function. Built with -tags failpoint, the variable
// FAILPOINT_PLEGCTL says what happens where, as a list of NAME=ACTION:
//
//	hostfs/after-rename=kill,record/append=enospc@3,apply/after-act=sleep:2s
//
// Actions: kill (SIGKILL to this process, as a crash would), error, a system error by name
// (enospc, edquot, eio, erofs, eperm, ebusy), sleep:DURATION, stop (SIGSTOP), panic. With @N
// only the Nth time that the point is reached counts. An unknown action or a malformed list panics: a
// test that breaks nothing would prove nothing.
package failpoint
