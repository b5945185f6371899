#!/bin/sh
# Makes the certificates of the TLS tests: keys for nobody, of names that exist nowhere. Needs OpenSSL 3. Run in an empty folder.
set -eu
authority() { # file, name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$1.key.pem" -out "$1.pem" -days 36500 -subj "/CN=$2" 2>/dev/null
}
signed() { # file, name, extensions, days
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$1.key.pem" -out request.pem -subj "/CN=$2" 2>/dev/null
	printf '%s\n' "$3" > extensions.txt
	openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key.pem -out "$1.pem" -days "$4" \
		-extfile extensions.txt 2>/dev/null
	rm request.pem extensions.txt
}
authority authority 'Test authority'
authority stranger 'Another authority'
names='subjectAltName=DNS:ils.library.example,DNS:localhost,IP:127.0.0.1'
signed good ils.library.example "$names" 36500
signed expired ils.library.example "$names" -1
signed elsewhere ils.elsewhere.example 'subjectAltName=DNS:ils.elsewhere.example' 36500
signed bridge bridge 'extendedKeyUsage=clientAuth' 36500
# What an old catalogue often has: signed by itself, without a name in the place where names are looked for.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout lonely.key.pem -out lonely.pem -days 36500 \
	-subj '/CN=ILS' 2>/dev/null
rm authority.key.pem stranger.key.pem
