package metrics

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrNotMH says that a file is not an NHS111-MH file at all.
var ErrNotMH = errors.New("not an NHS111-MH file")

// ReadMH reads a published file: dates as 2025-09-01 or 01/09/2025, withheld
// values as "-". Rows of items that are not among the eleven (some editions add
// proportions and averages) are counted and left out. It names every row that
// cannot be read, and returns the rest with the error.
func ReadMH(r io.Reader) (returns []MHReturn, others int, err error) {
	in := csv.NewReader(skipMark(r))
	header, err := in.Read()
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrNotMH, err)
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.TrimSpace(name)] = i
	}
	for _, name := range MHColumns {
		if _, ok := at[name]; !ok {
			return nil, 0, fmt.Errorf("%w: there is no column %s", ErrNotMH, name)
		}
	}
	var problems []error
	index := map[string]int{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return returns, others, errors.Join(problems...)
		}
		if err != nil {
			return returns, others, errors.Join(append(problems, fmt.Errorf("read NHS111-MH file: %w", err))...)
		}
		line, _ := in.FieldPos(0)
		row := mhRow{at: at, cells: cells}
		if !knownItem(row.cell("METRIC_ID")) {
			others++
			continue
		}
		if err := row.into(&returns, index); err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", line, err))
		}
	}
}

// skipMark drops the byte-order mark that spreadsheets put before a file.
func skipMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if head, err := b.Peek(3); err == nil && string(head) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return b
}

func knownItem(id string) bool {
	return slices.ContainsFunc(MHItems, func(item [2]string) bool { return item[0] == id })
}

type mhRow struct {
	at    map[string]int
	cells []string
}

func (r mhRow) cell(name string) string { return strings.TrimSpace(r.cells[r.at[name]]) }

// into puts the row's value where it belongs: rows of one provider and month
// make one return, in the order in which they first appear.
func (r mhRow) into(returns *[]MHReturn, index map[string]int) error {
	start, err := mhDate(r.cell("REPORTING_PERIOD_START"))
	if err != nil {
		return err
	}
	end, err := mhDate(r.cell("REPORTING_PERIOD_END"))
	if err != nil {
		return err
	}
	value, err := mhValue(r.cell("METRIC_VALUE"))
	if err != nil {
		return err
	}
	p := Provider{
		Region: r.cell("REGION"), ICBCode: r.cell("ICB_CODE"), ICBName: r.cell("ICB_NAME"),
		OrgCode: r.cell("ORG_CODE"), OrgName: r.cell("ORG_NAME"),
		ContractCode: r.cell("CONTRACT_CODE"), ContractName: r.cell("CONTRACT_NAME"),
	}
	key := strings.Join([]string{start.Format(time.DateOnly), p.ICBCode, p.OrgCode, p.ContractCode}, "|")
	i, ok := index[key]
	if !ok {
		i = len(*returns)
		index[key] = i
		*returns = append(*returns, MHReturn{Provider: p, Start: start, End: end, Values: map[string]Value{}})
	}
	id := r.cell("METRIC_ID")
	if _, twice := (*returns)[i].Values[id]; twice {
		return fmt.Errorf("%s of contract %s is there twice", id, p.ContractCode)
	}
	(*returns)[i].Values[id] = value
	return nil
}

func mhDate(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date: 2025-09-01 or 01/09/2025", s)
}

func mhValue(s string) (Value, error) {
	switch s {
	case "":
		return Value{}, nil
	case "-":
		return Value{Kind: Suppressed}, nil
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
	if err != nil || n < 0 {
		return Value{}, fmt.Errorf("%q is not a count", s)
	}
	return number(n), nil
}
