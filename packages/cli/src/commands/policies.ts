import type { NewPolicy, Policy } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { readJson } from '../json-file.ts';
import type { Session } from '../parts.ts';

/** `understory policy …`: the rules of a library, each version of which stays. */
export function policyCommands(program: Command, session: Session): void {
	const policy = program.command('policy').description('the rules of a library and of its branches');
	policy
		.command('list')
		.argument('<library>')
		.description('list every version of every policy')
		.action(async (library: string) => {
			const { items } = await session.api().call('listPolicies', { params: { library } });
			session.show(['policy', 'version', 'from', 'rules', 'adopted by'], items, (one: Policy) => ({
				policy: one.id,
				version: one.version,
				from: one.effective_on,
				rules: one.rules.length,
				'adopted by': one.adopted_by,
			}));
		});
	policy
		.command('show')
		.argument('<library>')
		.argument('<policy>', 'its id')
		.description('print the newest version as a file that `adopt` takes, to begin the next one with')
		.action(async (library: string, id: string) => {
			const { items } = await session.api().call('listPolicies', { params: { library } });
			const newest = items.findLast((one) => one.id === id);
			if (!newest) throw new BadInput(`This library has no policy "${id}".`);
			const { version: _version, url: _url, sha256: _sha256, rules, ...rest } = newest;
			const wanted = { ...rest, rules: rules.map(({ version: _, ...rule }) => rule) };
			session.showText(wanted, `${JSON.stringify(wanted, null, '\t')}\n`);
		});
	policy
		.command('check')
		.argument('<library>')
		.argument('<file>', 'with the policy as JSON')
		.description('say what would be refused and what should be looked at twice; nothing is adopted')
		.action(async (library: string, file: string) => {
			const body = (await readJson(session, file)) as NewPolicy;
			const checked = await session.api().call('checkPolicy', { params: { library }, body });
			warn(session, checked.warnings);
			session.say(`Version ${checked.policy.version} could be adopted.\n`);
		});
	policy
		.command('adopt')
		.argument('<library>')
		.argument('<file>', 'with the policy as JSON')
		.description('adopt the next version of a policy')
		.action(async (library: string, file: string) => {
			const body = (await readJson(session, file)) as NewPolicy;
			const adopted = await session.api().call('adoptPolicy', { params: { library }, body });
			warn(session, adopted.warnings);
			const { id, version, effective_on, url, sha256 } = adopted.policy;
			session.showOne(adopted.policy, { policy: id, version, from: effective_on, address: url, sha256 });
		});
}

function warn(session: Session, warnings: readonly { field: string; text: string }[]): void {
	for (const { field, text } of warnings) session.say(`Look twice at ${field}: ${text}\n`);
}
