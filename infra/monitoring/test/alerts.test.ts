import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SIGN_IN_ALERTS } from '@understory/core/sign-in-alerts.ts';
import { expect } from 'chai';
import { TROUBLES } from '../../../packages/accountability/src/publish/publisher.ts';
import { CONDITION_TYPES } from '../../../packages/provisioner/src/store/rows.ts';
import { alerts, askedBy, dashboards, expressions } from './expressions.ts';

const read = (path: string) =>
	readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

describe('an alert', () => {
	const page = read('docs/library-it/alerts.md');
	/** The headings of the page as its links name them. */
	const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, text]) => text!);

	it('says in plain words what is so, what it means for people, how much it matters, and where to read on', () => {
		for (const { alert, annotations, labels, ...rest } of alerts()) {
			expect(labels.severity, alert).to.be.oneOf(['critical', 'warning']);
			expect(rest.for, alert).to.match(/^\d+[mhd]$/);
			for (const text of [annotations.summary, annotations.description])
				expect(text, alert).to.match(/^[A-Z{].{20,160}\.$/);
			expect(annotations.runbook_url).to.equal(`docs/library-it/alerts.md#${alert.toLowerCase()}`);
		}
	});

	it('has its place on the page that says what to do, and nothing else has', () => {
		const names = alerts().map(({ alert }) => alert);
		expect(headings).to.deep.equal(names);
		expect(new Set(names).size).to.equal(names.length);
	});

	it('asks for states that there are', () => {
		const reasons = read('packages/provisioner/src/reconcile/reasons.ts');
		const known: Record<string, (value: string) => boolean> = {
			type: (value) => [...CONDITION_TYPES, 'BackupFresh', 'Hosted'].includes(value),
			status: (value) => ['True', 'False', 'Unknown'].includes(value),
			available: (value) => ['True', 'False', 'Unknown'].includes(value),
			reason: (value) => reasons.includes(`'${value}'`),
			kind: (value) => SIGN_IN_ALERTS.some((kind) => kind === value),
			why: (value) => TROUBLES.some((why) => why === value),
			outcome: (value) => ['ended', 'broke_off'].includes(value),
			answer: (value) => ['yes', 'no'].includes(value),
			role: (value) => ['provisioner', 'sso-bridge', 'accountability', 'home'].includes(value),
			namespace: () => true,
			condition: (value) => value === 'True',
		};
		for (const { of, expr } of expressions())
			for (const { metric, labels } of askedBy(expr))
				for (const { label, values } of labels)
					for (const value of values)
						expect(known[label]?.(value), `${of}: ${metric} ${label}="${value}"`).to.equal(true);
	});
});

describe('a dashboard', () => {
	it('has panels that stand beside each other, each with a name and something to show', () => {
		const all = dashboards();
		expect([...all.keys()]).to.have.members(['library.json', 'platform.json']);
		for (const [file, { uid, panels }] of all) {
			expect(uid).to.match(/^understory-[a-z]+$/);
			expect(new Set(panels.map(({ id }) => id)).size, file).to.equal(panels.length);
			expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size, file).to.equal(panels.length);
			for (const { title, targets, gridPos } of panels) {
				expect(title, file).to.match(/^[A-Z]/);
				expect(gridPos.x + gridPos.w, title).to.be.at.most(24);
				expect(
					targets.flatMap(({ expr }) => askedBy(expr)),
					title,
				).to.not.have.length(0);
			}
		}
	});
});
