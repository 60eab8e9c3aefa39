package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// hidden is what every rendering of a set Secret shows.
const hidden = "***"

// Secret is a text that must not be seen: a token, a password, a key. However it
// is printed, logged or marshalled it shows "***", or nothing when it is not
// set. Only Reveal gives the text.
type Secret struct{ text string }

// NewSecret makes a Secret of text.
func NewSecret(text string) Secret { return Secret{text: text} }

// Reveal is the text itself. Hand it to what needs it and nowhere else.
func (s Secret) Reveal() string { return s.text }

// IsSet reports whether there is any text.
func (s Secret) IsSet() bool { return s.text != "" }

// Equal reports whether two secrets are the same, in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.text), []byte(other.text)) == 1
}

// String hides the text.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return hidden
}

// Format hides the text under every verb and flag of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue hides the text in log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the text in JSON, and in whatever else asks for text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML hides the text in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
