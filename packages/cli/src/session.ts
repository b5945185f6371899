import { NotSignedIn } from '@understory/core/errors.ts';
import { planning } from './dry-run.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { type Login, readLogin } from './login-file.ts';
import type { CliParts, Session } from './parts.ts';
import { plain, tableText } from './table.ts';

/** A session of one command: who is logged in, how things are shown, how it ends. */
export function openSession(
	parts: CliParts,
	{ json, dryRun }: { json(): boolean; dryRun(): boolean },
): { session: Session; code(): ExitCode } {
	let code: ExitCode = EXIT.done;
	const write = (value: unknown) => parts.out(`${JSON.stringify(value, null, '\t')}\n`);
	let warned = false;
	const session: Session = {
		...parts,
		api() {
			const client = parts.client({ ...loginOf(parts), endsSoon });
			return dryRun() ? planning(client) : client;
		},
		show(columns, items, rowOf) {
			if (json()) return write(items);
			if (items.length === 0) return parts.say('There are none.\n');
			parts.out(tableText(columns, items.map(rowOf)));
		},
		showOne(item, row) {
			if (json()) return write(item);
			const names = Object.keys(row);
			const widest = Math.max(...names.map((name) => name.length));
			for (const name of names) {
				parts.out(`${name.padEnd(widest)}  ${plain(String(row[name] ?? '-'))}\n`);
			}
		},
		showText(item, text) {
			if (json()) write(item);
			else parts.out(text);
		},
		asJson: json,
		end(wanted) {
			code = wanted;
		},
	};
	/** Said once, and to a person: what a script reads stays as it is. */
	function endsSoon(day: string): void {
		if (!warned) parts.say(`Your token ends on ${day}. Before that: understory token rotate.\n`);
		warned = true;
	}
	return { session, code: () => code };
}

/** The environment wins over what was kept, so that a script is never somebody else by accident. */
function loginOf({ config }: Pick<CliParts, 'config'>): Login {
	const kept = config.url && config.token ? null : readLogin(config.loginFile);
	const url = config.url ?? kept?.url;
	// A token goes to the platform it was kept for, and to no other that somebody names.
	const token = config.token ?? (config.url === null || config.url === kept?.url ? kept?.token : undefined);
	if (!url || !token) {
		throw new NotSignedIn('You are not logged in. Run: understory login https://your-platform');
	}
	return { url, token };
}
