// A peer of the bridge channel's bench as one would write it in Go: coder/websocket and encoding/json, no tricks.
// It speaks the same lines on stdin and stdout as peer.mjs.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// The order of fields is that of the Go library this project is modelled on.
type endpointMessage struct {
	ColibriClass string `json:"colibriClass"`
	To           string `json:"to"`
	Raw          []byte `json:"raw"`
}

type request struct {
	Type string `json:"type"`
	Role string `json:"role"`
	URL  string `json:"url"`
	To   string `json:"to"`
	Size int    `json:"size"`
}

type peer struct {
	socket   *websocket.Conn
	role     string
	size     atomic.Int64
	messages atomic.Int64
	wrong    atomic.Int64
	sending  atomic.Bool
	stopped  chan struct{}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var p peer
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		reply, err := p.answer(r)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(reply); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (p *peer) answer(r request) (any, error) {
	switch r.Type {
	case "open":
		return map[string]any{}, p.open(r)
	case "begin":
		p.messages.Store(0)
		p.wrong.Store(0)
		p.size.Store(int64(r.Size))
		if p.role == "send" {
			p.sending.Store(true)
			p.stopped = make(chan struct{})
			go p.send(r.To, make([]byte, r.Size))
		}
		return map[string]any{}, nil
	case "stop":
		if p.sending.Swap(false) {
			<-p.stopped
		}
	}
	return p.look(), nil
}

func (p *peer) open(r request) error {
	socket, _, err := websocket.Dial(context.Background(), r.URL, nil)
	if err != nil {
		return err
	}
	socket.SetReadLimit(1 << 20)
	p.socket, p.role = socket, r.Role
	go p.receive()
	return nil
}

func (p *peer) send(to string, payload []byte) {
	defer close(p.stopped)
	for i := range payload {
		payload[i] = byte(i)
	}
	for p.sending.Load() {
		text, err := json.Marshal(endpointMessage{ColibriClass: "EndpointMessage", To: to, Raw: payload})
		if err == nil {
			err = p.socket.Write(context.Background(), websocket.MessageText, text)
		}
		if err != nil {
			fail(err)
		}
		p.messages.Add(1)
	}
}

func (p *peer) receive() {
	for {
		_, text, err := p.socket.Read(context.Background())
		if err != nil {
			fail(err)
		}
		var message endpointMessage
		if err := json.Unmarshal(text, &message); err != nil {
			fail(err)
		}
		if message.ColibriClass != "EndpointMessage" {
			continue
		}
		p.messages.Add(1)
		if int64(len(message.Raw)) != p.size.Load() {
			p.wrong.Add(1)
		}
	}
}

func (p *peer) look() any {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return map[string]any{
		"at":        float64(time.Now().UnixNano()) / 1e6,
		"messages":  p.messages.Load(),
		"wrong":     p.wrong.Load(),
		"cpu":       float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9,
		"peakBytes": usage.Maxrss * 1024,
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
