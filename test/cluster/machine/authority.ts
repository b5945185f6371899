import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/etc/authority-of-the-test';
/** What has Node believe it. */
export const TRUST = { NODE_EXTRA_CA_CERTS: `${FOLDER}/root.crt` };
/** The line of `/etc/understory/caddy.env` that has Caddy sign by it. */
export const SIGNS = `UNDERSTORY_CERTIFICATES="local_certs
skip_install_trust
pki {
	ca local {
		root {
			cert ${FOLDER}/root.crt
			key ${FOLDER}/root.key
		}
	}
}"
`;

/** Makes an authority in the machine, since a public one cannot be reached, and has every service believe it. Answers with its certificate. */
export function makeAuthority(root: string): Buffer {
	const folder = join(root, FOLDER);
	mkdirSync(folder);
	const [certificate, key] = [join(folder, 'root.crt'), join(folder, 'root.key')];
	const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '7'];
	const words = ['req', '-x509', ...kind, '-subj', '/CN=test', '-keyout', key, '-out', certificate];
	execFileSync('openssl', words, { stdio: 'pipe' });
	for (const file of [certificate, key]) chmodSync(file, 0o644);
	const settings = join(root, 'etc/systemd/system.conf.d');
	mkdirSync(settings, { recursive: true });
	const [[name, value] = []] = Object.entries(TRUST);
	writeFileSync(join(settings, 'authority.conf'), `[Manager]\nDefaultEnvironment=${name}=${value}\n`);
	return readFileSync(certificate);
}
