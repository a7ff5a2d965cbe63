# shellcheck shell=sh disable=SC2154,SC2034 # the folder, the hub and what to say are evening's
# edge.sh - TLS for the demo: its hub behind a HAProxy, and ways in for those who come by it. Read by evening.
#
# A proxy and --dev exclude each other, so the hub is started again without it, and people get in by single-use invites.

edge_port=${EDGE_PORT:-8443}

# Where it listens; the first is in the links. With --lan every address of this machine, too.
find_addresses() {
	addresses=127.0.0.1
	host=localhost
	"$lan" || return 0
	for address in $(hostname -I); do
		case "$address" in
		*:* | 127.*) ;;
		*) addresses="$addresses $address" && [ "$host" != localhost ] || host=$address ;;
		esac
	done
	[ "$host" != localhost ] || fail 'this machine has no address on a network'
}

# Good for a week, and for the names that are used here; the key never leaves the folder.
make_certificate() {
	names=DNS:localhost
	for address in $addresses; do names="$names,IP:$address"; done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=Grid Vanguard demo" \
		-addext "subjectAltName=$names" -keyout "$folder/edge.key" -out "$folder/edge.crt" 2>/dev/null
	cat "$folder/edge.crt" "$folder/edge.key" >"$folder/edge.pem"
}

# The configuration as it is shipped, but for what is another's here: user, log and admin socket, the port for http, and HSTS,
# which a browser would keep for all that runs on this host.
write_config() {
	binds=''
	for address in $addresses; do
		binds="$binds\\tbind $address:$edge_port ssl crt $folder/edge.pem alpn http/1.1\\n"
	done
	sed -E -e '/^\t(log \/dev|user|group|chroot|stats)/d' -e '/^frontend http$/,/^$/d' -e '/Strict-Transport-Security/d' \
		-e 's/^\tmaxconn .*/\tmaxconn 200/' -e "s#^\tbind :443.*#$binds#" \
		-e "s#^\tserver hub1 .*#\tserver hub1 $(cat "$folder/listen")#" \
		"$here/../../backend/edge/haproxy.cfg" >"$folder/haproxy.cfg"
}

# While the hub still is one for development.
invite_to_edge() {
	base=https://$host:$edge_port
	make_invites
}

start_edge() {
	say 'The hub starts again behind HAProxy, where TLS ends.' '中枢重新启动，位于 HAProxy 之后，由它终结 TLS。'
	stop_hub
	run_hub --listen 127.0.0.1:0 --trusted-proxy 127.0.0.1
	wait_for 'the hub' test -s "$folder/listen"
	write_config
	haproxy -db -f "$folder/haproxy.cfg" >"$folder/haproxy.log" 2>&1 &
	proxy=$!
	wait_for 'the edge' answers
	kill -0 "$proxy" 2>/dev/null || { cat "$folder/haproxy.log" >&2 && fail "HAProxy did not start: is port $edge_port in use?"; }
}

answers() {
	kill -0 "$proxy" 2>/dev/null || return 0
	printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
		openssl s_client -quiet -connect "127.0.0.1:$edge_port" -servername localhost -verify_return_error \
			-CAfile "$folder/edge.crt" 2>/dev/null | grep -q '^serving'
}

# gridctl of somebody elsewhere, who has nothing of the folder's but the certificate.
from_outside() {
	env XDG_CONFIG_HOME="$folder/config" SSL_CERT_FILE="$folder/edge.crt" \
		"$gridctl" "$@" --hub "wss://localhost:$edge_port" --timeout 30
}

# A member comes by his link, is let in, sees the call, and goes.
come_by_link() {
	from_outside login --invite "$(printf '%s' "$member_invite" | grep -o 'https://[^ ]*')"
	from_outside call show "$call" --json >"$folder/seen.json"
	from_outside logout
	jq -e --arg call "$call" -s '.[0].call == $call or .[0].id == $call' "$folder/seen.json" >/dev/null ||
		fail 'who comes by a link does not see the call'
}

show_edge() {
	show_invites
	say "It stays up at $base/ and $base/board/" "运行在 $base/ 和 $base/board/"
	fingerprint=$(openssl x509 -in "$folder/edge.crt" -noout -fingerprint -sha256 | cut -d= -f2)
	case "$language" in
	zh)
		cat <<-END
			  证书是自签名的，只用于演示。浏览器会提示不安全：核对指纹后继续访问，或把 ${folder#"$PWD"/}/edge.crt
			  安装为受信任的证书（用完删除）。小程序只接受受信任的证书，不能用自签名证书。
			  SHA-256 $fingerprint
			  在本机用 gridctl 登录：
			  SSL_CERT_FILE=${folder#"$PWD"/}/edge.crt ${gridctl#"$PWD"/} login --invite 链接 --hub wss://$host:$edge_port
		END
		;;
	*)
		cat <<-END
			  Its certificate is of its own making, for a demo alone. A browser warns of it: compare the fingerprint and
			  go on, or install ${folder#"$PWD"/}/edge.crt as one to trust (and remove it afterwards). A mini-program
			  takes none but a trusted one.
			  SHA-256 $fingerprint
			  By gridctl on this machine:
			  SSL_CERT_FILE=${folder#"$PWD"/}/edge.crt ${gridctl#"$PWD"/} login --invite LINK --hub wss://$host:$edge_port
		END
		;;
	esac
	say 'Ctrl-C ends it.' '按 Ctrl-C 结束。'
	wait "$hub"
}
