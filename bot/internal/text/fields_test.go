package text

import (
	"slices"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"otsbot/bot/internal/request"
)

// What must be filled in is asked for in each form that has the field, and in no
// other.
func TestAFormRequiresWhatItHas(t *testing.T) {
	t.Parallel()
	set := settings()
	set.Required = []string{BlockPhrase, BlockNote}
	p := New(english(), set)
	for name, c := range map[string]struct {
		form Form
		want []string
	}{
		"a form":                      {Form{Shape: Shape{Parts: 1}}, []string{BlockPhrase, BlockNote}},
		"with a passphrase made":      {Form{Shape: Shape{Parts: 1, MakePhrase: true}}, []string{BlockNote}},
		"whose link is e-mailed":      {Form{Shape: Shape{Parts: 1, Mail: true}}, []string{BlockPhrase}},
		"that answers a request":      {Form{Shape: Shape{Parts: 1}, Answers: &request.Question{Asker: "UANA"}}, []string{BlockPhrase}},
		"for the rest of the receipt": {Form{Shape: Shape{Parts: 1}, Rest: []string{"UBEN"}, Continues: time.Now()}, []string{BlockPhrase}},
		"for all of a receipt":        {Form{Shape: Shape{Parts: 1}, Rest: []string{"UBEN", "UCID"}}, []string{BlockPhrase, BlockNote}},
	} {
		if got := p.Required(c.form); !slices.Equal(got, c.want) {
			t.Errorf("%s requires %v, want %v", name, got, c.want)
		}
		var asked []string
		for _, block := range p.Form(c.form).Blocks.BlockSet {
			if input, ok := block.(*slack.InputBlock); ok && slices.Contains(set.Required, input.BlockID) && !input.Optional {
				asked = append(asked, input.BlockID)
			}
		}
		if !slices.Equal(asked, c.want) {
			t.Errorf("%s asks for %v, want %v", name, asked, c.want)
		}
	}
}

func TestAChoiceBeginsWithWhatIsOnOffer(t *testing.T) {
	t.Parallel()
	offered := New(english(), settings()).lengthOptions()
	for initial, want := range map[string]string{"24": "24", "25": "12", "": "12"} {
		if got := choice(initial, offered).InitialOption.Value; got != want {
			t.Errorf("%q begins with %q, want %q", initial, got, want)
		}
	}
}
