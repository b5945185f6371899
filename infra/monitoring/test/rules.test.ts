import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { type Alert, alerts, expressions, RULES_FILE } from './expressions.ts';
import { type Promtool, promtoolOrSkip } from './promtool.ts';
import { STATES, type State } from './states.ts';

describe('alerts, judged by promtool', function () {
	this.timeout(120_000);
	let promtool: Promtool;
	let folder: string;
	before(function () {
		promtool = promtoolOrSkip(this);
		folder = mkdtempSync(join(tmpdir(), 'understory-rules-'));
	});
	after(() => folder && rmSync(folder, { recursive: true, force: true }));

	/** Judges states, each by its own alert alone, of which `changed` may be another; what promtool says. */
	function judge(states: readonly State[], changed: Partial<Alert> = {}) {
		const files = alerts().map((alert) => {
			const [rules, tests] = [`rules-${alert.alert}.yaml`, `tests-${alert.alert}.yaml`];
			const groups = [{ name: alert.alert, rules: [{ ...alert, ...changed }] }];
			writeFileSync(join(folder, rules), stringify({ groups }));
			const own = states.filter((state) => state.alert === alert.alert);
			writeFileSync(join(folder, tests), stringify({ rule_files: [rules], tests: own.map(testOf) }));
			return join(folder, tests);
		});
		return promtool('test', 'rules', ...files);
	}

	it('every expression of alerts and dashboards is one that Prometheus takes', () => {
		const all = expressions().map(({ expr }, at) => ({ record: `every:expression:${at}`, expr }));
		const file = join(folder, 'all.yaml');
		writeFileSync(file, stringify({ groups: [{ name: 'all', rules: all }] }));
		const { fine, text } = promtool('check', 'rules', file);
		expect(fine, text).to.equal(true);
		expect(promtool('check', 'rules', RULES_FILE)).to.deep.include({ fine: true });
	});

	it('the page about alerts names the command that judges them', () => {
		const page = readFileSync(new URL('../../../docs/library-it/alerts.md', import.meta.url), 'utf8');
		const [[, command]] = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)] as unknown as [[string, string]];
		const [program, ...words] = command.trim().split(' ');
		expect(program).to.equal('promtool');
		expect(promtool(...words)).to.deep.include({ fine: true });
	});

	it('each is tried in a state in which it fires, and in one in which it does not', () => {
		for (const { alert } of alerts()) {
			const states = STATES.filter((state) => state.alert === alert);
			expect(
				states.some(({ fires }) => fires.length > 0),
				`${alert} fires`,
			).to.equal(true);
			expect(
				states.some(({ fires }) => fires.length === 0),
				`${alert} keeps quiet`,
			).to.equal(true);
		}
	});

	it('each fires when it should, and only then', () => {
		const { fine, text } = judge(STATES);
		expect(fine, text).to.equal(true);
	});

	it('one that never fires, or fires always, would be found out', () => {
		for (const [expr, wrong] of [
			['vector(0) > 1', STATES.filter(({ fires }) => fires.length > 0)],
			['vector(1)', STATES.filter(({ fires }) => fires.length === 0)],
		] as const) {
			const { fine, text } = judge(STATES, { expr, for: '0s' });
			expect(fine, expr).to.equal(false);
			for (const { alert } of wrong) expect(text, `${expr}: ${alert}`).to.contain(`alertname="${alert}"`);
		}
	});
});

function testOf({ alert, told, at, fires }: State) {
	const severity = alerts().find((one) => one.alert === alert)?.labels.severity;
	return {
		interval: '1m',
		input_series: Object.entries(told).map(([series, values]) => ({ series, values })),
		promql_expr_test: [
			{
				expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
				eval_time: at,
				exp_samples: fires.map((labels) => ({
					labels: `ALERTS{${Object.entries({ alertname: alert, alertstate: 'firing', severity, ...labels })
						.map(([label, value]) => `${label}="${value}"`)
						.join(',')}}`,
					value: 1,
				})),
			},
		],
	};
}
