# fish completion for tcpladder(8); tests/completion holds it against the program.

function __tcpladder_formats
    set -l words (commandline -opc)
    if contains -- --print=list $words
        printf '%s\n' text tsv jsonl csv zeek
    else if contains -- --print=frames $words
        printf '%s\n' text tsv jsonl csv pcap pcapng
    else if contains -- --print=ladder $words
        printf '%s\n' text svg html mermaid
    else if contains -- --print=stats $words
        printf '%s\n' text tsv jsonl csv
    else
        printf '%s\n' text tsv jsonl csv svg html mermaid zeek pcap pcapng
    end
end

function __tcpladder_filters
    printf '%s\n' host: client: server: port: client_port: server_port: service: ip: state: client_state: \
        server_state: origin: outcome: conn_state: completeness: closed_by: close_shape: duration\> \
        idle\> rtt\> frames\> client_frames\> server_frames\> bytes\> client_bytes\> server_bytes\> \
        client_stream\> server_stream\> rtx\> client_rtx\> server_rtx\> summary: process: pid: \
        kernel: frame: flag: note: len\> \
        window\< flow: from: connecting established closing closed failed trouble midstream reused
end

set -l columns flow client client_port server server_port origin first_frame last_frame start duration client_state \
    server_state outcome conn_state completeness closed_by close_shape client_frames server_frames \
    client_bytes server_bytes client_stream server_stream client_rtx server_rtx handshake_rtt state frames \
    bytes rtx last process pid user kernel receive_queue send_queue kernel_rtt cwnd kernel_rtx timer

complete -c tcpladder -f
complete -c tcpladder -s i -x -a "(tcpladder -D 2>/dev/null | string replace -r ' .*' '')" -d 'capture on this interface'
complete -c tcpladder -s D -d 'list the interfaces and exit'
complete -c tcpladder -s r -r -F -d 'read a savefile'
complete -c tcpladder -s w -r -F -d 'save what is captured'
complete -c tcpladder -s C -x -d 'begin another file to save to after so many million bytes'
complete -c tcpladder -s G -x -d 'begin another file to save to after so many seconds'
complete -c tcpladder -s W -x -d 'how many files to save to'
complete -c tcpladder -s s -x -d 'capture at most this many bytes of each frame'
complete -c tcpladder -s B -x -d "size of the kernel's capture buffer, in KiB"
complete -c tcpladder -s c -x -d 'stop after this many frames'
complete -c tcpladder -s p -d 'don\'t capture what is addressed to others'
complete -c tcpladder -l netns -x -a '(ls /run/netns 2>/dev/null; __fish_complete_pids)' -d 'the network namespace to capture in'
complete -c tcpladder -l promiscuous -d 'capture what is addressed to others, too'
complete -c tcpladder -s Z -x -a '(__fish_complete_users)' -d 'become this user once the capture is open'
complete -c tcpladder -s n -d 'no service names beside port numbers'
complete -c tcpladder -s S -d 'absolute sequence numbers'
complete -c tcpladder -l step -d 'start before the first frame'
complete -c tcpladder -l filter -x -a '(__tcpladder_filters)' -d 'show only what matches'
complete -c tcpladder -l sort -x -a "$columns" -d 'order of the list'
complete -c tcpladder -l print -x -a 'list frames ladder stats none' -d 'no screen: print and exit'
complete -c tcpladder -l format -x -a '(__tcpladder_formats)' -d 'of what is printed'
complete -c tcpladder -l flow -x -d 'only these connections'
complete -c tcpladder -l redact -d 'other addresses instead of the real ones, and no payload'
complete -c tcpladder -l redact-ports -d 'other ports, too, instead of those above 1023'
complete -c tcpladder -l redact-key -r -F -d 'the same addresses for the same key'
complete -c tcpladder -l sandbox -x -a 'auto strict off' -d 'refuse what a viewer never does'
complete -c tcpladder -l memory -x -d 'take at most so much memory'
complete -c tcpladder -l ascii -d 'no characters beyond ASCII'
complete -c tcpladder -l color -x -a 'auto always never' -d 'colours'
complete -c tcpladder -l config -r -F -d 'settings'
complete -c tcpladder -l script -r -F -d 'keys from a file'
complete -c tcpladder -l size -x -d 'size of the terminal, or width of a ladder'
complete -c tcpladder -l help -d 'print the options and exit'
complete -c tcpladder -l version -d 'print the versions and exit'
