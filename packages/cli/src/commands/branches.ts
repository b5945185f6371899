import type { Branch } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';
import { backupCommands } from './backups.ts';
import { branchChange } from './branch-change.ts';
import { eventsCommand } from './events.ts';
import { hostingCommands } from './hosting.ts';
import { moveCommands } from './moving.ts';
import { openCommand } from './opening.ts';
import { receiptCommand } from './receipts.ts';
import { renameCommand } from './renaming.ts';
import { retiringCommands } from './retiring.ts';
import { suspensionCommands } from './suspension.ts';

/** `understory branch …`. */
export function branchCommands(program: Command, session: Session): void {
	const branch = program.command('branch').description('the branches of a library');
	branch
		.command('list')
		.argument('<library>')
		.description('list the branches of a library')
		.action(async (library: string) => {
			const items = await Array.fromAsync(session.api().all('listBranches', { params: { library } }));
			session.show(['branch', 'name', 'stage', 'serving', 'as of', 'url'], items, (one: Branch) => ({
				branch: one.slug,
				name: one.name,
				stage: one.stage,
				serving: one.conditions.find(({ type }) => type === 'Available')?.status ?? null,
				'as of': asOf(one),
				url: one.url,
			}));
		});
	branch
		.command('show')
		.argument('<library>')
		.argument('<branch>')
		.description('show one branch, and how it is')
		.action(async (library: string, slug: string) => {
			const one = await session.api().call('getBranch', { params: { library, branch: slug } });
			const conditions = one.conditions.map(
				({ type, status, message }) => [type, `${status}: ${message}`] as const,
			);
			session.showOne(one, {
				branch: one.slug,
				name: one.name,
				stage: one.stage,
				url: one.url,
				host: one.door?.host ?? null,
				'exchanges posts': one.federation,
				rules: one.policies.join(', '),
				'appeals go to': one.appeal_partner,
				home: one.home.name && `${one.home.name} (${one.home.kind})`,
				'carried out': carriedOut(one),
				...Object.fromEntries(conditions),
			});
		});
	branch
		.command('create')
		.argument('<library>')
		.argument('<branch>', 'its name in addresses, such as belmont')
		.requiredOption('--name <name>', 'its name for people')
		.requiredOption('--street <street>')
		.requiredOption('--city <city>')
		.requiredOption('--region <region>')
		.requiredOption('--postcode <postcode>')
		.option('--phone <phone>')
		.option('--dedicated', 'give it a home of its own')
		.option('--no-wait', 'do not wait until it is served')
		.description('make a branch')
		.action(async (library: string, slug: string, given: Created) => {
			const api = session.api();
			const { name, street, city, region, postcode, phone, dedicated, wait } = given;
			const address = { street, city, region, postcode };
			const body = {
				slug,
				name,
				address,
				...(phone ? { phone } : {}),
				...(dedicated ? { home: 'dedicated' as const } : {}),
			};
			const begun = await api.call('createBranch', { params: { library }, body });
			await follow(session, api, begun, wait);
		});
	branchChange(branch, session);
	openCommand(branch, session);
	eventsCommand(branch, session);
	hostingCommands(branch, session);
	suspensionCommands(branch, session);
	backupCommands(branch, session);
	moveCommands(branch, session);
	renameCommand(branch, session);
	retiringCommands(branch, session);
	receiptCommand(branch, session);
}

/** What the home has carried out; null before it has anything. */
function carriedOut({ generation, observed_generation }: Branch): string | null {
	if (observed_generation === 0) return null;
	const behind = observed_generation < generation ? `, and ${generation} is wanted` : '';
	return `generation ${observed_generation}${behind}`;
}

/** Which generation is known of, where it is an older one than is wanted; a branch that nobody looked at has none. */
function asOf({ generation, conditions }: Branch): string | null {
	const oldest = Math.min(
		...conditions.filter(({ type }) => type === 'Synced').map((one) => one.observed_generation),
	);
	return oldest < generation && oldest > 0 ? `generation ${oldest}, ${generation} is wanted` : null;
}

interface Created {
	readonly name: string;
	readonly street: string;
	readonly city: string;
	readonly region: string;
	readonly postcode: string;
	readonly phone?: string;
	readonly dedicated?: boolean;
	readonly wait: boolean;
}
