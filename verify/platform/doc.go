// Package platform knows who else writes the kubelet's and the runtime's files on a node:
// how each platform is recognised, which files it writes, when it overwrites what others
// put there, and where a setting lasts.
//
// It looks at nothing. [Probes] says which paths to look at, [Recognise] judges what was
// found there, and [Platform] carries the advice: refuse, warn, or fine. One table
// ([Table]) holds it all, each row with its sources.
package platform
