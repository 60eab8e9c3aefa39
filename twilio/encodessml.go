package twilio

func appendSSML[Node SSML](dst []byte, nodes []Node) []byte {
	for _, n := range nodes {
		dst = appendNode(dst, n)
	}
	return dst
}

func appendNode(dst []byte, n SSML) []byte {
	switch n := n.(type) {
	case Text:
		return escapeText(dst, string(n))
	case Break:
		dst = optional(append(dst, "<break"...), "strength", n.Strength)
		return append(optional(dst, "time", n.Time), "/>"...)
	case Emphasis:
		dst = optional(append(dst, "<emphasis"...), "level", n.Level)
		return closeSSML(dst, "emphasis", n.SSML)
	case Lang:
		dst = optional(append(dst, "<lang"...), "xml:lang", n.XMLLang)
		return closeSSML(dst, "lang", n.SSML)
	case Prosody:
		dst = optional(append(dst, "<prosody"...), "volume", n.Volume)
		dst = optional(dst, "rate", n.Rate)
		dst = optional(dst, "pitch", n.Pitch)
		return closeSSML(dst, "prosody", n.SSML)
	case Paragraph:
		return closeSSML(append(dst, "<p"...), "p", n.SSML)
	case Sentence:
		return closeSSML(append(dst, "<s"...), "s", n.SSML)
	case SayAs:
		dst = optional(append(dst, "<say-as"...), "interpret-as", n.InterpretAs)
		dst = optional(dst, "format", n.Format)
		return closeText(dst, "say-as", n.Text)
	case Sub:
		return closeText(optional(append(dst, "<sub"...), "alias", n.Alias), "sub", n.Text)
	case Phoneme:
		dst = optional(append(dst, "<phoneme"...), "alphabet", n.Alphabet)
		return closeText(optional(dst, "ph", n.PH), "phoneme", n.Text)
	case Word:
		return closeText(optional(append(dst, "<w"...), "role", n.Role), "w", n.Text)
	}
	panic(notAValue)
}

func closeSSML[Node SSML](dst []byte, name string, inner []Node) []byte {
	if len(inner) == 0 {
		return append(dst, "/>"...)
	}
	dst = appendSSML(append(dst, '>'), inner)
	return append(append(append(dst, "</"...), name...), '>')
}
