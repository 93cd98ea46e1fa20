// Package source is the vocabulary that all packages share for configuration: a [File]
// that was read, a [Position] in it, the [Assignment] that stands there, the effective
// [Setting] that results from all assignments, a [Problem] that was found, and an [Edit]
// of a file's text.
//
// Whoever reads configuration (kubeletcfg, runtimecfg, verify/start) returns these types;
// whoever judges, plans or reports takes them as they are. Nothing is translated on the way.
package source
