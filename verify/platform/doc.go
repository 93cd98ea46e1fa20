// Package platform knows who else writes the kubelet's and the runtime's files on a node:
// how each platform is recognised, which files it writes, when it overwrites what others
// put there, and where a setting lasts.
//
// [Recognise] finds the platform in one table ([Table]); [Platform] carries the advice:
// refuse, warn, or fine.
package platform
