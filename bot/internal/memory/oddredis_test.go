package memory

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// oddRedis is a server that answers like a Redis in good order, but for one
// command. It returns its address.
func oddRedis(t *testing.T, command, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	say := map[string]string{"time": "*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n", "hello": "-ERR unknown command\r\n", "evalsha": "*0\r\n"}
	say[command] = answer
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for r := bufio.NewReader(conn); ; {
					name, err := readCommand(r)
					if err != nil {
						return
					}
					reply, ok := say[name]
					if !ok {
						reply = "+OK\r\n"
					}
					if _, err := io.WriteString(conn, reply); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// readCommand reads *n, and n times $length and so many bytes.
func readCommand(r *bufio.Reader) (name string, err error) {
	n, err := readLength(r)
	for i := range n {
		size, lengthErr := readLength(r)
		word := make([]byte, size+2)
		if _, err := io.ReadFull(r, word); err != nil || lengthErr != nil {
			return "", errors.Join(err, lengthErr)
		}
		if i == 0 {
			name = strings.ToLower(string(word[:size]))
		}
	}
	return name, err
}

func readLength(r *bufio.Reader) (int, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(line[1:]))
}

// What answers at STORE_URL may be no Redis, and what is in one may be somebody
// else's: an answer of any shape is an error, and ends nothing.
func TestAnAnswerThatNoRedisGivesIsAnError(t *testing.T) {
	t.Parallel()
	operations := map[string]func(context.Context, *redisStore) error{
		"get":   func(ctx context.Context, s *redisStore) error { _, err := s.get(ctx, key{}); return err },
		"write": func(ctx context.Context, s *redisStore) error { _, err := s.write(ctx, 1, nil); return err },
		"due":   func(ctx context.Context, s *redisStore) error { _, err := s.due(ctx, 1, 1, 1); return err },
		"list":  func(ctx context.Context, s *redisStore) error { _, err := s.list(ctx, 1, owner{}, 1); return err },
		"sweep": func(ctx context.Context, s *redisStore) error { _, err := s.sweep(ctx, 1); return err },
		"size":  func(ctx context.Context, s *redisStore) error { _, err := s.size(ctx); return err },
	}
	const tooLong = "$9223372036854775807\r\n"
	for name, answer := range map[string]string{
		"text":                    "*1\r\n$1\r\nx\r\n",
		"texts":                   "*2\r\n$2\r\nok\r\n$1\r\nx\r\n",
		"a list of nothing":       "*1\r\n$-1\r\n",
		"lists":                   "*4\r\n*0\r\n*0\r\n*0\r\n*0\r\n",
		"too few":                 "*1\r\n$2\r\nok\r\n",
		"too long":                "*1\r\n" + tooLong,
		"a length without an end": tooLong,
	} {
		for of, operation := range operations {
			t.Run(of+" "+name, func(t *testing.T) {
				t.Parallel()
				s, err := openRedis("redis://"+oddRedis(t, "evalsha", answer), limits{}, 20*time.Second, false)
				must(t, err)
				defer s.close()
				if err := operation(t.Context(), s); !errors.Is(err, ErrDamaged) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	for of, operation := range operations {
		if of == "write" || of == "sweep" || of == "size" {
			t.Run(of+" nothing", func(t *testing.T) {
				t.Parallel()
				s, err := openRedis("redis://"+oddRedis(t, "evalsha", "*0\r\n"), limits{}, 20*time.Second, false)
				must(t, err)
				defer s.close()
				want(t, operation(t.Context(), s), ErrDamaged)
			})
		}
	}
}

// It is asked whether it is up at the start, and once a second while it is down.
func TestATimeThatNoRedisTellsIsAnError(t *testing.T) {
	t.Parallel()
	s, err := openRedis("redis://"+oddRedis(t, "time", "*2\r\n$9223372036854775807\r\n"), limits{}, 20*time.Second, false)
	must(t, err)
	defer s.close()
	_, err = s.get(t.Context(), key{})
	want(t, err, ErrDown)
	want(t, err, ErrDamaged)
}
