#!/bin/sh
# Makes the certificate of the test platform's proxy: keys for nobody, of names that exist nowhere. Needs OpenSSL 3. Run in an empty folder.
set -eu
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout authority.key.pem -out authority.pem -days 36500 -subj '/CN=Test authority' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout edge.key.pem -out request.pem -subj '/CN=platform.example' 2>/dev/null
echo 'subjectAltName=DNS:*.platform.example,DNS:*.anytown.platform.example' > extensions.txt
openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key.pem -out edge.pem -days 36500 -extfile extensions.txt 2>/dev/null
rm request.pem extensions.txt authority.key.pem
