package queue

import (
	"bytes"
	"errors"
	"fmt"
)

// unread is what the server has answered and nobody has taken yet, in its own
// protocol (RESP2). What is taken lies in it still.
type unread []byte

// errCutShort is that the answer goes on in what has not been received.
var errCutShort = errors.New("the answer is cut short")

// mostDigits of a length: no answer of ours has a part of 10 MB.
const mostDigits = 7

// entry takes one entry of a stream: its id, and its names and values by turns,
// appended to pairs.
func (u *unread) entry(pairs [][]byte) (id []byte, _ [][]byte, err error) {
	parts, err := u.head('*')
	if err != nil {
		return nil, pairs, err
	}
	if parts != 2 {
		return nil, pairs, fmt.Errorf("an entry of %d parts", parts)
	}
	if id, err = u.text(); err != nil {
		return nil, pairs, err
	}
	n, err := u.head('*')
	if err != nil {
		return nil, pairs, err
	}
	for range n {
		text, err := u.text()
		if err != nil {
			return nil, pairs, err
		}
		pairs = append(pairs, text)
	}
	return id, pairs, nil
}

// text takes a string.
func (u *unread) text() ([]byte, error) {
	n, err := u.head('$')
	if err != nil {
		return nil, err
	}
	in := *u
	if len(in) < n+2 {
		return nil, errCutShort
	}
	*u = in[n+2:]
	return in[:n], nil
}

// head takes the line that begins an array ('*') or a string ('$'), and gives
// the length it says. What the server refuses is an error in its words.
func (u *unread) head(of byte) (n int, err error) {
	in := *u
	i := 1
	for i < len(in) && i <= mostDigits && '0' <= in[i] && in[i] <= '9' {
		n = 10*n + int(in[i]-'0')
		i++
	}
	if i > 1 && i+1 < len(in) && in[0] == of && in[i] == '\r' && in[i+1] == '\n' {
		*u = in[i+2:]
		return n, nil
	}
	line, _, whole := bytes.Cut(in, []byte("\r\n"))
	if !whole {
		return 0, errCutShort
	}
	return 0, fmt.Errorf("the server says %.200q", line)
}
