import { OPERATIONS, type Plan } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import type { Command } from 'commander';
import type { Session } from './parts.ts';

/** Thrown in the place of the first call that would change something: from there on nothing is known but its plan. */
export class Planned extends Error {
	readonly plan: Plan;
	constructor(plan: Plan) {
		super('planned');
		this.plan = plan;
	}
}

/** A client that looks at everything and changes nothing: the first call that would is planned instead, and ends the command with `Planned`. */
export function planning(client: ApiClient): ApiClient {
	return {
		...client,
		async call(id, said) {
			if (OPERATIONS[id].method === 'GET') return client.call(id, said);
			throw new Planned(await client.plan(id, said));
		},
	};
}

/** Shows a plan: what the command does, and each thing that is otherwise afterwards. */
export function showPlan(session: Session, plan: Plan): void {
	session.say(`${plan.would}. Nothing was done.\n`);
	if (plan.operation !== null) session.say(`It would begin an operation: ${plan.operation}.\n`);
	if (session.asJson()) session.showText(plan, '');
	else if (plan.changes.length > 0)
		session.show(['what', 'from', 'to'], plan.changes, ({ what, from, to }) => ({
			what,
			from: valueText(from),
			to: valueText(to),
		}));
	if (plan.more) session.say('There may be more than is shown here.\n');
}

function valueText(value: unknown): string | null {
	if (value === null || value === undefined) return null;
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Commands that change something on the platform and are planned by it. Those with a plan of their own (`branch suspend`, `import`, `upgrade start`, …) say so themselves. */
export const PLANNED: readonly string[] = [
	...['library create', 'library change'],
	...['library provision', 'library backups', 'library upgrades', 'library hosting'],
	...['branch create', 'branch change', 'branch open', 'branch resume', 'branch backup', 'branch stay'],
	...['branch close', 'branch retire', 'branch delete'],
	...['catalogue-network allow', 'catalogue-network end', 'cell add', 'cell change', 'cell remove'],
	...['client add', 'client renew', 'client remove'],
	...['contact add', 'contact change', 'contact remove', 'contact import', 'contact bodies'],
	...['neighborhood decide', 'neighborhood propose', 'neighborhood suspend', 'records adopt'],
	...['role invite', 'role take-back', 'role withdraw'],
	...['operation cancel', 'operation resume'],
	...['external-server remove', 'keys turn', 'keys withdraw', 'policy adopt', 'prices set', 'quota set'],
	...['sign-in set', 'staff use-provider', 'staff end-provider', 'staff let-in', 'staff take-back'],
	...['team create', 'team offer', 'team agree', 'team end', 'team add', 'team remove', 'team invite'],
	...['token create', 'token rotate', 'token revoke'],
	...['upgrade undo', 'upgrade pause', 'upgrade resume', 'upgrade abort'],
];

/** Commands that change something and have no plan, each with why. */
export const UNPLANNED: Readonly<Record<string, string>> = {
	login: 'it changes a file of yours only',
	logout: 'it changes a file of yours only',
	'external-server add': 'the server is asked once more; "external-server preview" is the plan of it',
	'external-server check': 'it asks the server, and that is all that it does',
	'home keys': 'it writes files on this computer, and changes nothing on the platform',
	'privacy-report': 'it asks the sign-in role, and changes nothing',
	'recovery-key make': 'it writes a file of yours only',
	'sign-in test': 'it asks the catalogue, and that is all that it does',
	witness: 'it serves until it is stopped, and the platform is not asked',
};

/** Gives each command that is planned the option `--dry-run`; what it returns says whether the command that runs was called with it. */
export function offerPlans(program: Command): () => boolean {
	const offered = new Set(PLANNED.map((path) => commandAt(program, path)));
	for (const command of offered)
		command.option('--dry-run', 'show what it would change on the platform, and change nothing');
	let isWanted = false;
	program.hook('preAction', (_program, command) => {
		isWanted = offered.has(command) && command.opts<{ dryRun?: boolean }>().dryRun === true;
	});
	return () => isWanted;
}

function commandAt(program: Command, path: string): Command {
	let at = program;
	for (const name of path.split(' ')) {
		const below = at.commands.find((one) => one.name() === name);
		if (!below) throw new Error(`there is no command ${path}`);
		at = below;
	}
	return at;
}
