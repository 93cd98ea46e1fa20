// Package report renders what package verify decided: as text for people (80 columns), as
// one line, as the body of a JSON document, as JUnit, SARIF, a Prometheus textfile and a
// Nagios line. Every form is made from the same verdict; none of them decides anything.
//
// It writes to the io.Writer that it is given and knows nothing of terminals: colour is in
// [Style]. Start with [Ladder] and [Checks].
package report
