// Package report renders every answer of plegctl: as text for people (80 columns), as one
// line, as a JSON document, as JUnit, SARIF, a Nagios line and a Prometheus textfile. It
// owns the JSON bodies; their schemas in docs/schema are made from them. It decides nothing.
//
// A verb builds a [Document], and [Render] writes it in one of [Formats]. Start with
// [StatusDocument]; how text is marked is in [Style].
package report
