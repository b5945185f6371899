import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What Helm is told so that it keeps releases where the settings say: in Secrets of the cluster when `url` is null, else in that PostgreSQL. Helm takes
 * its address from the environment only, which others of this account can read; so the password stands in a file that its client knows of
 * (libpq's password file), readable by nobody else.
 */
export function storageVariables(url: string | null, folder: string): Readonly<Record<string, string>> {
	if (url === null) return {};
	const address = new URL(url);
	const password = decodeURIComponent(address.password);
	address.password = '';
	mkdirSync(folder, { recursive: true });
	const file = join(folder, 'pgpass');
	writeFileSync(file, `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 });
	return {
		HELM_DRIVER: 'sql',
		HELM_DRIVER_SQL_CONNECTION_STRING: address.href,
		PGPASSFILE: file,
	};
}
