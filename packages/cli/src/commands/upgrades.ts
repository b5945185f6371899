import type { UpgradePlan, UpgradeWithHomes } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';

/** `understory upgrade …`: the homes of a platform, in waves. */
export function upgradeCommands(program: Command, session: Session): void {
	const upgrade = program
		.command('upgrade')
		.description('bring the homes of a platform to its version, in waves');
	upgrade
		.command('start')
		.option('--soak <minutes>', 'how long a wave is watched before the next one begins', '10')
		.option('--hours <from-to>', 'only in these hours of each library’s own time, such as 1-5')
		.option('--dry-run', 'show the waves, and do nothing')
		.option('--no-wait', 'do not wait until it has ended')
		.description('begin an upgrade; it stops by itself at the first home that does not come up')
		.action(async ({ soak, hours, dryRun, wait }: Start) => {
			const api = session.api();
			const body = { soak_minutes: minutesIn(soak), hours: hours ? hoursIn(hours) : null };
			if (dryRun) return showPlan(session, await api.call('planUpgrade', {}));
			await follow(session, api, await api.call('beginUpgrade', { body }), wait);
		});
	upgrade
		.command('undo')
		.argument('<upgrade>')
		.option('--soak <minutes>', 'how long a wave is watched before the next one begins', '10')
		.option('--hours <from-to>', 'only in these hours of each library’s own time, such as 1-5')
		.option('--no-wait', 'do not wait until it has ended')
		.description(
			'bring homes back to what they were before the last upgrade; refused where folders are too new for that',
		)
		.action(async (undo: string, { soak, hours, wait }: Start) => {
			const api = session.api();
			const body = { undo, soak_minutes: minutesIn(soak), hours: hours ? hoursIn(hours) : null };
			await follow(session, api, await api.call('beginUpgrade', { body }), wait);
		});
	upgrade
		.command('list')
		.description('list the upgrades there were')
		.action(async () => {
			const { items } = await session.api().call('listUpgrades', {});
			session.show(['upgrade', 'version', 'undoes', 'state', 'wave', 'by', 'says'], items, (one) => ({
				...{ upgrade: one.id, version: one.version, undoes: one.undoes, state: one.state, wave: one.wave },
				...{ by: one.asked_by, says: one.message },
			}));
		});
	upgrade
		.command('show')
		.argument('<upgrade>')
		.description('show how far an upgrade is, home by home')
		.action(async (id: string) => {
			const one = await session.api().call('getUpgrade', { params: { upgrade: id } });
			session.showText(one, textOf(one));
		});
	for (const [name, state, says] of [
		['pause', 'paused', 'end with the home it is at, for now'],
		['resume', 'running', 'go on'],
		['abort', 'aborted', 'end with the home it is at; homes that are upgraded stay so'],
	] as const) {
		upgrade
			.command(name)
			.argument('<upgrade>')
			.description(says)
			.action(async (id: string) => {
				const one = await session.api().call('steerUpgrade', { params: { upgrade: id }, body: { state } });
				session.showOne(one, { upgrade: one.id, state: one.state, wave: one.wave });
			});
	}
}

interface Start {
	readonly soak: string;
	readonly hours?: string;
	readonly dryRun?: boolean;
	readonly wait: boolean;
}

function showPlan(session: Session, plan: UpgradePlan): void {
	const lines = plan.waves.map((homes, at) => `wave ${at + 1}  ${homes.length}  ${homes.join(' ')}\n`);
	const current = plan.current.length > 0 ? `there already  ${plan.current.length}\n` : '';
	const unknown =
		plan.unknown.length > 0
			? `not known  ${plan.unknown.length}  ${plan.unknown.join(' ')}\nTheir cells do not answer. They wait for an upgrade that is begun when they do.\n`
			: '';
	session.showText(plan, `version ${plan.version}\n${lines.join('')}${current}${unknown}`);
}

function textOf({ version, undoes, state, wave, message, homes }: UpgradeWithHomes): string {
	const lines = homes.map(
		(home) => `${home.wave}  ${home.name}  ${home.state}${home.message ? `  ${home.message}` : ''}\n`,
	);
	return `${undoes ? 'back from ' : ''}version ${version}, ${state}, wave ${wave}\n${message ? `${message}\n` : ''}${lines.join('')}`;
}

function minutesIn(text: string): number {
	const minutes = Number(text);
	if (text.trim() === '' || !(minutes >= 0)) throw new BadInput(`${text} is no number of minutes.`);
	return minutes;
}

/** Hours as people write them: `1-5`. Throws `BadInput`. */
export function hoursIn(text: string): { from: number; to: number } {
	const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
	if (from === undefined || to === undefined) throw new BadInput(`Write hours as 1-5, not "${text}".`);
	return { from: Number(from), to: Number(to) };
}
