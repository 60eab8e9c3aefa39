package twilio

import "errors"

// Limits of a webhook's form. Twilio's voice requests carry 10 to 30
// parameters in one or two kilobytes.
const (
	MaxParams    = 64
	MaxBodyBytes = 64 << 10
)

// What Parse refuses.
var (
	ErrTooManyParams = errors.New("form has more than 64 parameters")
	ErrMalformed     = errors.New("form is malformed") // too large, or holds raw control bytes
)

type pair struct{ name, value string }

// Form is one parsed application/x-www-form-urlencoded body: its parameters in
// the order received, with repeated names kept, because the signature covers
// them. The zero value is an empty form. A Form may be parsed into again; what
// Get, All and Names returned before stays valid. It is not safe for
// concurrent use.
type Form struct {
	n       int
	pairs   [MaxParams]pair
	scratch []byte
}

// Parse reads body, replacing what the form held. It accepts what npm twilio's
// own signer accepts: a raw ';' is a character, not a separator; an escape that
// is not two hex digits stands for itself; bytes that are not UTF-8 become
// U+FFFD. The error is ErrTooManyParams or ErrMalformed, and then the form is
// empty. It allocates once, for the text that the strings share.
func (f *Form) Parse(body []byte) error {
	f.Reset()
	if len(body) > MaxBodyBytes {
		return ErrMalformed
	}
	for _, c := range body {
		if c < 0x20 || c == 0x7f {
			return ErrMalformed
		}
	}
	var marks [MaxParams]mark
	n, err := f.decode(body, &marks)
	if err != nil {
		return err
	}
	text := string(f.scratch)
	for i, m := range marks[:n] {
		f.pairs[i] = pair{text[m.start:m.split], text[m.split:m.end]}
	}
	if !isASCII(text) {
		for i := range n { // each by itself: two halves of a character may meet where they join
			f.pairs[i] = pair{toValidUTF8(f.pairs[i].name), toValidUTF8(f.pairs[i].value)}
		}
	}
	f.n = n
	return nil
}

// Reset empties the form, so that a pooled one keeps nobody's number alive.
func (f *Form) Reset() {
	clear(f.pairs[:f.n])
	f.n = 0
}

// mark is where one decoded pair lies in the scratch text.
type mark struct{ start, split, end int }

func (f *Form) decode(body []byte, marks *[MaxParams]mark) (int, error) {
	out := f.scratch[:0]
	n := 0
	for i := 0; i < len(body); {
		if body[i] == '&' {
			i++
			continue
		}
		if n == MaxParams {
			return 0, ErrTooManyParams
		}
		m := mark{start: len(out), split: -1}
		for i < len(body) && body[i] != '&' {
			switch c := body[i]; {
			case c == '=' && m.split < 0:
				m.split = len(out)
			case c == '+':
				out = append(out, ' ')
			case c == '%' && i+2 < len(body) && hex[body[i+1]] < 16 && hex[body[i+2]] < 16:
				out = append(out, hex[body[i+1]]<<4|hex[body[i+2]])
				i += 2
			default:
				out = append(out, c)
			}
			i++
		}
		m.end = len(out)
		if m.split < 0 {
			m.split = m.end
		}
		marks[n] = m
		n++
	}
	f.scratch = out
	return n, nil
}

// hex is the value of each hex digit, 16 for every other byte.
var hex = func() (t [256]byte) {
	for i := range t {
		t[i] = 16
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = byte(10+i), byte(10+i)
	}
	return t
}()

// Len is the number of parameters.
func (f *Form) Len() int { return f.n }

// Get is the first value of name, "" when it is absent.
func (f *Form) Get(name string) string {
	for i := range f.n {
		if f.pairs[i].name == name {
			return f.pairs[i].value
		}
	}
	return ""
}

// All is every value of name in the order received, nil when it is absent.
func (f *Form) All(name string) []string {
	var all []string
	for i := range f.n {
		if f.pairs[i].name == name {
			all = append(all, f.pairs[i].value)
		}
	}
	return all
}

// Names lists the names in the order received, repeats included. Names hold
// nothing personal, so a signature that does not fit can be reported by them.
func (f *Form) Names() []string {
	names := make([]string, f.n)
	for i := range names {
		names[i] = f.pairs[i].name
	}
	return names
}
