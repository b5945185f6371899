import { PublicError } from '@understory/core/errors.ts';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { billCommands } from './commands/bills.ts';
import { branchCommands } from './commands/branches.ts';
import { catalogueNetworkCommands } from './commands/catalogue-networks.ts';
import { cellCommands } from './commands/cells.ts';
import { clientCommands } from './commands/clients.ts';
import { completionCommands } from './commands/completion.ts';
import { contactCommands } from './commands/contacts.ts';
import { councilPdfCommand } from './commands/council-pdf.ts';
import { doctorCommands } from './commands/doctor.ts';
import { estimateCommands } from './commands/estimate.ts';
import { externalServerCommands } from './commands/external-servers.ts';
import { homeCommands } from './commands/homes.ts';
import { importCommand } from './commands/imports.ts';
import { keyCommands } from './commands/keys.ts';
import { libraryCommands } from './commands/libraries.ts';
import { logCommands } from './commands/log.ts';
import { loginCommands } from './commands/login.ts';
import { neighborhoodCommands } from './commands/neighborhoods.ts';
import { operationCommands } from './commands/operations.ts';
import { policyCommands } from './commands/policies.ts';
import { privacyCommands } from './commands/privacy.ts';
import { recordsCommands } from './commands/records.ts';
import { recoveryKeyCommands } from './commands/recovery-keys.ts';
import { roleCommands } from './commands/roles.ts';
import { signInCommands } from './commands/sign-in.ts';
import { staffSignInCommands } from './commands/staff-sign-in.ts';
import { teamCommands } from './commands/teams.ts';
import { tokenCommands } from './commands/tokens.ts';
import { upgradeCommands } from './commands/upgrades.ts';
import { verifyCommands } from './commands/verify.ts';
import { witnessCommands } from './commands/witness.ts';
import { offerPlans, Planned, showPlan } from './dry-run.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import type { CliParts, Session } from './parts.ts';
import { openSession } from './session.ts';
import { plain } from './table.ts';

const COMMANDS = [
	loginCommands,
	auditCommand,
	libraryCommands,
	logCommands,
	billCommands,
	branchCommands,
	catalogueNetworkCommands,
	cellCommands,
	clientCommands,
	externalServerCommands,
	completionCommands,
	contactCommands,
	councilPdfCommand,
	doctorCommands,
	estimateCommands,
	homeCommands,
	importCommand,
	keyCommands,
	neighborhoodCommands,
	operationCommands,
	policyCommands,
	privacyCommands,
	recordsCommands,
	recoveryKeyCommands,
	roleCommands,
	signInCommands,
	staffSignInCommands,
	teamCommands,
	tokenCommands,
	upgradeCommands,
	verifyCommands,
	witnessCommands,
];

/** Every command there is. */
export function createProgram(session: Session): Command {
	const program = new Command('understory')
		.description('Libraries, their branches and their operations on one Understory platform.')
		.option('--json', 'print everything as JSON, for scripts')
		.exitOverride()
		.configureOutput({ writeOut: session.out, writeErr: session.say });
	for (const add of COMMANDS) add(program, session);
	return program;
}

/** Runs one command with its words and says how the process is to end. Never throws: what went wrong is a sentence on the standard error. */
export async function runCommand(words: readonly string[], parts: CliParts): Promise<ExitCode> {
	const { session, code } = openSession(parts, {
		json: () => program.opts<{ json?: boolean }>().json === true,
		dryRun: () => isPlan(),
	});
	const program = createProgram(session);
	const isPlan = offerPlans(program);
	try {
		await program.parseAsync([...words], { from: 'user' });
		return code();
	} catch (error) {
		if (error instanceof Planned) {
			showPlan(session, error.plan);
			return code();
		}
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
		for (const sentence of sentencesOf(error)) parts.say(`${plain(sentence)}\n`);
		return exitCodeOf(error);
	}
}

function sentencesOf(error: unknown): string[] {
	if (!(error instanceof Error)) return [String(error)];
	const faults = error instanceof PublicError ? error.faults : [];
	return [error.message, ...faults.map(({ field, text }) => `${field}: ${text}`)];
}
