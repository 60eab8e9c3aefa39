// Package config is the settings of one crisisline process: what they are, what
// they are when nobody says otherwise, where they are read from, and whether
// they can be used.
//
// # Where a value comes from
//
// The environment wins over the file, and the file over [Default]. Every key of
// the file is also a variable: routing.ring_for is CRISISLINE_ROUTING_RING_FOR.
// A secret may stand in a file of its own, named by the key with _file behind
// it, which is how systemd and containers hand secrets over.
//
// # What must hold
//
//   - Nothing is ignored. A key that does not exist is refused, with the nearest
//     one that does, in the file and in the environment alike.
//   - Nothing is guessed. A duration has a unit, a text that YAML would read as
//     a number stands in quotes: a token of digits must not arrive rounded.
//   - All problems are told at once, each with its key and what to do.
//   - A [Secret] cannot be printed, logged or marshalled by accident.
//
// The package knows no other package of this project, and only cmd/crisisline
// knows it: values are copied from here into each package's own options.
package config
