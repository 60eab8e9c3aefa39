package twilio

// SSML is what may stand in <Say>, <lang> and <prosody> beside each other.
// Names and nesting are Twilio's, as npm twilio has them; a paragraph in a
// sentence does not compile.
// https://www.twilio.com/docs/voice/twiml/say/text-speech, read 2026-11-21.
type SSML interface{ ssml() }

// ParagraphSSML is what may stand in <p>: anything but another <p>.
type ParagraphSSML interface {
	SSML
	inParagraph()
}

// SentenceSSML is what may stand in <s> and <emphasis>: no <p> and no <s>.
type SentenceSSML interface {
	ParagraphSSML
	inSentence()
}

// Text is plain text between SSML elements.
type Text string

// Break is a pause: Time ("500ms", "2s"), or Strength ("weak", "strong", …).
type Break struct{ Strength, Time string }

// Emphasis stresses. Level is strong, moderate or reduced.
type Emphasis struct {
	Level string
	SSML  []SentenceSSML
}

// Lang speaks a foreign phrase, e.g. XMLLang "cy-GB".
type Lang struct {
	XMLLang string
	SSML    []SSML
}

// Prosody changes volume, rate and pitch, e.g. Rate "slow" or "90%".
type Prosody struct {
	Volume, Rate, Pitch string
	SSML                []SSML
}

// Paragraph is <p>.
type Paragraph struct{ SSML []ParagraphSSML }

// Sentence is <s>.
type Sentence struct{ SSML []SentenceSSML }

// SayAs reads Text as a kind of thing: InterpretAs "digits", "telephone",
// "date" (with Format, e.g. "dmy"), and more.
type SayAs struct {
	InterpretAs, Format string
	Text                string
}

// Sub reads Alias where Text is written.
type Sub struct{ Alias, Text string }

// Phoneme says Text as PH spells it in Alphabet "ipa" or "x-sampa".
type Phoneme struct{ Alphabet, PH, Text string }

// Word is <w>: Text in its grammatical Role, e.g. "amazon:VBD".
type Word struct{ Role, Text string }

func (Text) ssml()      {}
func (Break) ssml()     {}
func (Emphasis) ssml()  {}
func (Lang) ssml()      {}
func (Prosody) ssml()   {}
func (Paragraph) ssml() {}
func (Sentence) ssml()  {}
func (SayAs) ssml()     {}
func (Sub) ssml()       {}
func (Phoneme) ssml()   {}
func (Word) ssml()      {}

func (Text) inParagraph()     {}
func (Break) inParagraph()    {}
func (Emphasis) inParagraph() {}
func (Lang) inParagraph()     {}
func (Prosody) inParagraph()  {}
func (Sentence) inParagraph() {}
func (SayAs) inParagraph()    {}
func (Sub) inParagraph()      {}
func (Phoneme) inParagraph()  {}
func (Word) inParagraph()     {}

func (Text) inSentence()     {}
func (Break) inSentence()    {}
func (Emphasis) inSentence() {}
func (Lang) inSentence()     {}
func (Prosody) inSentence()  {}
func (SayAs) inSentence()    {}
func (Sub) inSentence()      {}
func (Phoneme) inSentence()  {}
func (Word) inSentence()     {}
