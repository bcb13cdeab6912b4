/** What each command's help says after its flags. */

export const programHelp: string = `
Without a command: info. Flags may have one dash, and -chat stands for chat, -dc for dc, and so on.
stdout has the data, stderr the words for people; --json gives one JSON object a line.

Exit codes:
  0 ok   1 failed   2 usage   3 connection   4 refused (password, lobby, login), or put out
  of the room (kicked, banned, closed)   5 media   6 timeout   130 interrupted

Examples:
  jcli chat https://meet.example.com/standup --nick bot
  jcli info --host meet.example.com --room standup --json
  jcli dc-raw https://meet.example.com/lab < file
  jcli -host meet.example.com -room standup -nick bot -chat`;

export const infoHelp: string = `
A room offers a media session when at least two are in it. Alone until --timeout: exit code 6.

Examples:
  jcli info https://meet.example.com/standup
  jcli info --host meet.example.com --room standup --timeout 5m --json | jq -r .sdp`;

export const chatHelp: string = `
Commands: /raise  /lower  /msg NICK text  /nick NEW  /who  /help  /quit (or /exit, /leave);
//text sends a line that begins with /.
NICK is an endpoint id or a display name; one with spaces stands in quotes.
Through a pipe each line is sent, and stdout has what the others say, a line each. At the end of the input it leaves
when the room has confirmed all of it; with --duration it stays so long. Exit code 1: a line could not be sent.

Examples:
  jcli chat https://meet.example.com/standup --nick alice
  echo 'the build is done' | jcli chat https://meet.example.com/standup
  jcli chat https://meet.example.com/standup --duration 1h --json </dev/null`;

export const dcHelp: string = `
Each line is one message; stdout has the texts that come, a line each. On a terminal each has its sender's name.
Through a pipe, lines wait until somebody is there. At the end of the input it leaves when all of it has arrived, as
far as the others say so; with --duration it stays so long. Exit code 1: a line could not be sent.

Examples:
  jcli dc https://meet.example.com/lab --nick alice
  sensor | jcli dc https://meet.example.com/lab --to collector --quiet
  jcli dc https://meet.example.com/lab --duration 1h --json </dev/null`;

export const dcRawHelp: string = `
With data on stdin: waits for a peer, sends, and leaves when all has arrived, as far as the peer says so (others get
four seconds). Without (an empty stdin, or a terminal): receives until those it received from have left the room,
--idle, --duration or Ctrl-C. A message is lost without a word when a bridge is overrun: keep --rate where it is
unless you know the bridge (100 over a WebSocket, 5 over SCTP), and compare checksums.

Examples:
  jcli dc-raw https://meet.example.com/lab --nick store > backup.tar
  tar c photos | jcli dc-raw https://meet.example.com/lab --to store
  jcli -host meet.example.com -room lab -dc-raw -to 1f2e3d4c < file`;

export const mediaHelp: string = `
On a terminal a table shows each source second by second, * marks who speaks. --json gives an object a second instead.
At the end, also after Ctrl-C, comes the summary: a table on a terminal, else one JSON object.
Files are played again and again: IVF with VP8, VP9, H264 or AV1, and Ogg with Opus. A file cannot make a key frame when
somebody needs one, it is continued at its next: give it one every second or two. ffmpeg makes most of them:
  ffmpeg -i talk.mp4 -an -c:v libvpx -b:v 800k -g 30 -auto-alt-ref 0 -lag-in-frames 0 talk.ivf
  ffmpeg -i talk.mp4 -vn -c:a libopus -frame_duration 20 talk.ogg

Examples:
  jcli media https://meet.example.com/standup
  jcli media https://meet.example.com/standup --send-video --send-audio --duration 1m
  jcli media https://meet.example.com/standup --send-video talk.ivf --send-audio talk.ogg --max-height 0
  jcli -host meet.example.com -room standup -media -send-video`;

export const recordHelp: string = `
Each source has a file of its own, encoded as it came; timeline.json tells who was there, who spoke, wrote or raised a
hand, what is missing, and where each file belongs. Files can be played at any moment, also when the process was killed.
Ctrl-C and SIGTERM finish them. --json gives an object a second, and the summary at the end. Exit code 1: the disk is
full; what was written before is whole.

Examples:
  jcli record https://meet.example.com/standup --directory standup --alone 5m
  jcli record https://meet.example.com/standup --audio-only --mix --duration 1h --json`;

export const playHelp: string = `
Opus in Ogg, WebM or MP4 is sent as it is; WAV is encoded here, everything else by ffmpeg if it is installed. Addresses are http or https;
this machine and private networks are not asked unless --allow-private says so. What cannot be played is said, and the next is played; the
exit code is 5 then. --json gives an object a second, one for each beginning and end, and a summary. --loop goes on until Ctrl-C.

Examples:
  jcli play https://meet.example.com/standup music.ogg jingle.webm
  jcli play https://meet.example.com/standup https://radio.example.com/stream.opus --volume 0.5
  ffmpeg -i talk.mp4 -vn -c:a libopus -f ogg - | jcli play --host meet.example.com --room standup -`;
export const transcribeHelp: string = `
The recogniser is a command, run for each utterance: it gets the speech on its stdin (16 bits, little-endian, 16 000 samples
a second, mono) and writes the words, a line each; a line that begins with ~ is what is understood so far. Or it is the
address of a WebSocket that speaks the protocol of vosk-server. Nothing is recognised here. stdout has a line for each final
result, with --json an object: participant, name, start and end in seconds, text, final.

Examples:
  jcli transcribe https://meet.example.com/standup --recognizer ws://127.0.0.1:2700 --output standup.vtt
  jcli transcribe https://meet.example.com/standup --recognizer 'whisper-stdin --model small' --to-chat --alone 5m`;

export const listenHelp: string = `
stdout has samples of 16 bits, little-endian, as many a second as --rate says, from the moment when listening begins, silence
where nobody is heard. --output makes a WAV file of them, which can be played whenever it ends, and however.
With --from it waits for the participant, follows them when they come back under another id, and ends when they leave; otherwise it
ends with --duration or Ctrl-C. Who reads stdout may be five seconds late; what is not taken by then is left out, and said.
--json: an object a second, and the summary at the end; on stderr where stdout has the samples.

Examples:
  jcli listen https://meet.example.com/standup --output standup.wav
  jcli listen https://meet.example.com/standup --from alice --rate 16000 | recogniser
  jcli listen https://meet.example.com/standup --channels 2 | ffplay -f s16le -ar 48000 -ch_layout stereo -`;

export const benchHelp: string = `
Run it twice: one receives, the other has --bench-size and sends; with --bench-size both send and receive. The time
begins with the first message. stdout has the summary as one JSON object, with --json also one a second. Messages are
numbered, so loss is exact; latency needs the sender's clock, which is asked for.
--rate is for each endpoint. --find doubles the rate until something is lost, then narrows it down; others only count.
--xmpp measures the room's chat, at both ends; servers limit what one participant may send, so begin with a --rate.

Examples:
  jcli bench https://meet.example.com/lab
  jcli bench https://meet.example.com/lab --bench-size 8192 --rate 100 --report bench.html
  jcli bench https://meet.example.com/lab --find --bridge sctp
  jcli bench https://meet.example.com/lab --xmpp --bench-size 1024 --rate 1
  jcli -host meet.example.com -room lab -bench -bench-size 8192 -bench-secs 20`;

export const sandboxHelp: string = `
Examples:
  jcli sandbox
  jcli sandbox --listen 127.0.0.1:8080 --json
  jcli sandbox --robots 3
  jcli sandbox --robots 10 --talk overlap --json
  jcli sandbox --tls --password-room board=secret

Robots speak five seconds each, one after the other; with --talk overlap every second one falls into the words of the one
before, half way through. With --json each speech has an object as it begins (speaking) and as it is over (spoken): robot,
endpointId, source, start and end in ms since 1970, and the packets that were sent. Pictures have one each time that
they begin anew (showing).

With --control, a line such as {"id":1,"fault":"restartXmpp","args":[{"absence":2000}]} plays a fault, and
{"id":2,"look":"rooms"} or "bridge" tells what there is; each line is answered by an object with its id.`;

export const snapshotHelp: string = `
Waits until the video is there, as long as --timeout says. The file is there as a whole or not at all; stdout has an
object that says what it is. A WebP of VP8, which most send, and an AVIF of AV1 are taken as they come; for everything
else ffmpeg is needed. Video that is end-to-end encrypted cannot be seen. Exit code 5: no picture can be had.

Examples:
  jcli snapshot https://meet.example.com/standup
  jcli snapshot https://meet.example.com/standup --from alice --output alice.png
  jcli snapshot https://meet.example.com/standup --screen --output - --format jpeg > slide.jpg`;

export const sayHelp: string = `
WAV may have PCM of 8 to 32 bits or floats, one channel or two, any rate, and no length. Without --rate nothing else is
taken; with it, samples need no header. What comes is spoken at once; stdin is read no faster than it is said.
With --json an object of type ready tells when what comes is heard. At the end, also after Ctrl-C, comes the summary.

Examples:
  espeak-ng --stdout "Good morning" | jcli say https://meet.example.com/standup
  ffmpeg -v error -i news.mp3 -f s16le -ac 1 -ar 24000 - | jcli say https://meet.example.com/standup --rate 24000`;
