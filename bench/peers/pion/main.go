// A peer on pion for the media bench: speaks the lines of ../media/lines.mjs. Its default interceptors do what pion does by itself:
// NACK, RTCP reports, transport-wide feedback.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

type request struct {
	Type      string  `json:"type"`
	SDP       string  `json:"sdp"`
	PerSecond float64 `json:"perSecond"`
	Size      int     `json:"size"`
}

var (
	pc              *webrtc.PeerConnection
	track           *webrtc.TrackLocalStaticRTP
	packets, bytes_ atomic.Int64
	sent            atomic.Int64
	stopSending     = make(chan struct{})
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func open(sdp string) map[string]any {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings))
	var err error
	pc, err = api.NewPeerConnection(webrtc.Configuration{})
	check(err)
	pc.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := remote.ReadRTP()
			if err != nil {
				return
			}
			packets.Add(1)
			bytes_.Add(int64(packet.MarshalSize()))
		}
	})
	track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "v", "s")
	check(err)
	check(pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}))
	sender, err := pc.AddTrack(track)
	check(err)
	go func() {
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	answer, err := pc.CreateAnswer(nil)
	check(err)
	check(pc.SetLocalDescription(answer))
	return map[string]any{"sdp": pc.LocalDescription().SDP}
}

func begin(perSecond float64, size int) {
	packets.Store(0)
	bytes_.Store(0)
	sent.Store(0)
	if perSecond == 0 {
		return
	}
	payload := make([]byte, size)
	copy(payload, []byte{0x90, 0x80, 0x80, 0x01})
	go func() {
		start := time.Now()
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		var done int64
		for {
			select {
			case <-stopSending:
				return
			case <-ticker.C:
			}
			due := int64(time.Since(start).Seconds() * perSecond)
			for ; done < due; done++ {
				number := uint16(100 + done)
				packet := &rtp.Packet{
					Header: rtp.Header{
						Version: 2, Marker: number%10 == 0, SequenceNumber: number, Timestamp: uint32(done/10) * 3000,
					},
					Payload: payload,
				}
				if track.WriteRTP(packet) == nil {
					sent.Add(1)
				}
			}
		}
	}()
}

func look() map[string]any {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return map[string]any{
		"packets": packets.Load(), "bytes": bytes_.Load(), "sent": sent.Load(),
		"at": float64(time.Now().UnixMicro()) / 1000, "cpu": seconds(usage.Utime) + seconds(usage.Stime),
		"peakBytes": usage.Maxrss * 1024,
	}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<20)
	output := json.NewEncoder(os.Stdout)
	for input.Scan() {
		var r request
		check(json.Unmarshal(input.Bytes(), &r))
		answer := map[string]any{}
		switch r.Type {
		case "open":
			answer = open(r.SDP)
		case "begin":
			begin(r.PerSecond, r.Size)
		case "look":
			answer = look()
		case "stop":
			close(stopSending)
			_ = pc.Close()
		}
		check(output.Encode(answer))
	}
}
