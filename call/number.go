package call

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unique"
)

// Number is a telephone number we may ring, or the fact that we were not told
// one. The zero Number is withheld. Numbers compare with ==.
//
// A Number never prints its digits: whoever needs them asks for E164 by name,
// and that call is easy to find. The digits lie behind a handle so that not
// even a struct printed by reflection shows them.
type Number struct{ h unique.Handle[string] }

// Known reports whether there is a number at all.
func (n Number) Known() bool { return n != Number{} }

// E164 is the number in international form, "+447700900123", "" when withheld.
// It is for the carrier and for Seal; never for a log, a label, a URL or an error.
func (n Number) E164() string {
	if !n.Known() {
		return ""
	}
	return n.h.Value()
}

// String is "[number]" or "[withheld]".
func (n Number) String() string {
	if n.Known() {
		return "[number]"
	}
	return "[withheld]"
}

// Format prints String for every verb, so that %d and %#v are as safe as %v.
func (n Number) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, n.String()) }

// LogValue is String, for slog.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText is String, for every encoder.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Equal is ==; go-cmp looks for it.
func (n Number) Equal(other Number) bool { return n == other }

// Mobile reports whether it is a British mobile. Personal numbers (070) and
// pagers (076, but for the Isle of Man's 07624) are not.
func (n Number) Mobile() bool {
	rest, ok := strings.CutPrefix(n.E164(), "+447")
	if !ok || rest == "" {
		return false
	}
	return rest[0] != '0' && (rest[0] != '6' || strings.HasPrefix(rest, "624"))
}

// AreaHint is the start of a British landline's number in national form, five
// digits: "02392", "01962". It is enough to tell 023 92 from 023 80, and says
// where the line is, not where the caller is. "" for everything else.
func (n Number) AreaHint() string {
	rest, ok := strings.CutPrefix(n.E164(), "+44")
	if !ok || len(rest) < 4 || (rest[0] != '1' && rest[0] != '2') {
		return ""
	}
	return "0" + rest[:4]
}

// keypadWords are the words networks send in place of a number, as the digits
// they are typed with: anonymous, restricted, unavailable, unknown, blocked,
// private, withheld. Some look like foreign numbers (+266 is Lesotho), which is
// why they are listed: they would merge every withheld caller into one.
var keypadWords = map[string]bool{
	"266696687": true, "7378742833": true, "86282452253": true, "8656696": true,
	"2562533": true, "7748283": true, "94844353": true,
}

// ParseCaller reads what the network says of a caller's number. Whatever is
// not plausibly a number that could be rung back is withheld: nothing, words,
// words typed on a keypad, client: and sip: addresses, short codes, and
// British numbers of impossible length. It never fails: a caller is taken as
// they come. A text-relay prefix (18001) is removed.
func ParseCaller(from string) Number {
	s := strings.TrimSpace(from)
	digits := strings.TrimPrefix(s, "+")
	if !allDigits(digits) || keypadWords[digits] {
		return Number{}
	}
	if relayed, ok := cutRelay(digits); ok {
		digits, s = relayed, relayed
	}
	e164, err := international(s, digits)
	if err != nil || shortCode(e164) {
		return Number{}
	}
	return known(e164)
}

// Refusals of ParseDialable. The texts say what to do and hold no digits of
// what was given.
var (
	errNoNumber  = errors.New("no number: give one like +447700900123 or 07700 900123")
	errNotDigits = errors.New("not a number: use digits, spaces and a leading + only; extensions cannot be rung")
	errNoPrefix  = errors.New("number has no prefix: begin with + and the country code, or with 0 for a British number")
	errLength    = errors.New("number has the wrong number of digits: check for one missing or typed twice")
	errShort     = errors.New("emergency and short codes (such as 999 or 111) cannot be rung from here: " +
		"give the direct number of a person or a switchboard")
	errCharged = errors.New("premium-rate and personal numbers (09, 070) are not rung: give a mobile or landline number")
)

// ParseDialable reads a number from a plan: international form or British
// national form, with spaces, hyphens, dots and (0) as people write them. It
// refuses what must never be rung: emergency and short codes in either form,
// premium-rate and personal numbers. Errors never hold the digits.
func ParseDialable(s string) (Number, error) {
	s = strings.Replace(s, "(0)", "", 1)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()\u00a0\u2011", r) {
			return -1
		}
		return r
	}, s)
	digits := strings.TrimPrefix(s, "+")
	switch {
	case s == "":
		return Number{}, errNoNumber
	case !allDigits(digits):
		return Number{}, errNotDigits
	case shortCode(s):
		return Number{}, errShort
	}
	e164, err := international(s, digits)
	switch {
	case err != nil:
		return Number{}, err
	case shortCode(e164):
		return Number{}, errShort
	case strings.HasPrefix(e164, "+449") || strings.HasPrefix(e164, "+4470"):
		return Number{}, errCharged
	}
	return known(e164), nil
}

func known(e164 string) Number { return Number{unique.Make(e164)} }

// international gives s, whose digits are given, in E.164 form. ITU-T E.164
// allows 15 digits; fewer than 7 is no number of a person anywhere.
func international(s, digits string) (string, error) {
	switch {
	case s[0] == '+':
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case digits[0] == '0':
		digits = "44" + digits[1:]
	default:
		return "", errNoPrefix
	}
	if national, ok := strings.CutPrefix(digits, "44"); ok {
		national = strings.TrimPrefix(national, "0") // +44 (0)23…, as some exchanges present it
		if n := len(national); n < 9 || n > 10 || national[0] == '0' {
			return "", errLength
		}
		return "+44" + national, nil
	}
	if n := len(digits); n < 7 || n > 15 || digits[0] == '0' {
		return "", errLength
	}
	return "+" + digits, nil
}

// shortCode reports whether s, in any form, is a code and not a number: 999,
// 112, 101, 111, 116 123, 18000. Libraries happily write them as +44999.
func shortCode(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "00")
	if national, ok := strings.CutPrefix(s, "44"); ok {
		s = national
	}
	return len(strings.TrimLeft(s, "0")) <= 6
}

// cutRelay removes 18001, which a caller by text relay dials first, in the
// forms networks present: 18001 and the national number, with or without the
// country code before it. +1 800 1… with ten digits is an American number.
func cutRelay(digits string) (rest string, ok bool) {
	rest = strings.TrimPrefix(digits, "44")
	rest, ok = strings.CutPrefix(rest, "18001")
	if !ok || len(rest) < 10 || rest[0] != '0' {
		return "", false
	}
	return rest, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
