package twilio

import (
	"strconv"
	"unicode/utf8"
)

// closeText ends an open tag with text in it, or with nothing.
func closeText(dst []byte, name, text string) []byte {
	if text == "" {
		return append(dst, "/>"...)
	}
	dst = escapeText(append(dst, '>'), text)
	return append(append(append(dst, "</"...), name...), '>')
}

func attr(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(escapeAttr(dst, value), '"')
}

func optional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return attr(dst, name, value)
}

func count(dst []byte, name string, n int) []byte {
	if n == 0 {
		return dst
	}
	dst = append(append(append(dst, ' '), name...), `="`...)
	return append(strconv.AppendInt(dst, int64(n), 10), '"')
}

func boolean(dst []byte, name string, b *bool) []byte {
	if b == nil {
		return dst
	}
	return attr(dst, name, strconv.FormatBool(*b))
}

func list(dst []byte, name string, items []string) []byte {
	if len(items) == 0 {
		return dst
	}
	dst = append(append(append(dst, ' '), name...), `="`...)
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = escapeAttr(dst, item)
	}
	return append(dst, '"')
}

// escapeText and escapeAttr escape as Canonical XML does, and npm twilio.
func escapeText(dst []byte, s string) []byte { return escape(dst, s, false) }
func escapeAttr(dst []byte, s string) []byte { return escape(dst, s, true) }

func escape(dst []byte, s string, inAttr bool) []byte {
	start := 0
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		with := ""
		switch {
		case r == '&':
			with = "&amp;"
		case r == '<':
			with = "&lt;"
		case r == '>' && !inAttr:
			with = "&gt;"
		case r == '"' && inAttr:
			with = "&quot;"
		case r == '\r':
			with = "&#xD;"
		case r == '\n' && inAttr:
			with = "&#xA;"
		case r == '\t' && inAttr:
			with = "&#x9;"
		case r < 0x20 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff, r == utf8.RuneError && n == 1:
			with = "\ufffd"
		}
		if with != "" {
			dst = append(append(dst, s[start:i]...), with...)
			start = i + n
		}
		i += n
	}
	return append(dst, s[start:]...)
}
