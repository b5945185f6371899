import { existsSync, readFileSync } from 'node:fs';

/** What a machine of the tests is made of, by its Debian package and a file of it. */
const PARTS = {
	systemd: '/lib/systemd/systemd',
	caddy: '/usr/bin/caddy',
	postgresql: '/etc/postgresql',
	openssl: '/usr/bin/openssl',
	git: '/usr/bin/git',
	'util-linux': '/usr/bin/nsenter',
};

/** A sentence that says why there can be no machine with a systemd of its own here, in namespaces of this process; null when there can. */
export function whyNoMachine(): string | null {
	const missing = Object.entries(PARTS).filter(([, file]) => !existsSync(file));
	if (missing.length > 0)
		return `One machine under systemd needs the Debian packages ${missing.map(([name]) => name).join(', ')}: it was not tried.`;
	if (!/ cgroup2 /.test(readFileSync('/proc/self/mounts', 'utf8')))
		return 'One machine under systemd needs control groups of the second version: it was not tried.';
	return null;
}
