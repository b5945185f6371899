import type { CommandWords } from './command-table.ts';

/*
 * In each shell it is the same: go through the words before the one that is completed, keep those that lead on to another command, and offer what may
 * follow there. Words of the command are letters and dashes, so nothing but what they do has to be quoted.
 */

/** For `~/.bashrc`: `eval "$(understory completion bash)"`. */
export function bashScript(table: readonly CommandWords[]): string {
	return `_understory() {
	local at='' words='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$at\${at:+ }\${COMP_WORDS[i]}" in
${pathsIn(table)}) at="$at\${at:+ }\${COMP_WORDS[i]}" ;;
		esac
	done
	case "$at" in
${casesIn(table)}
	esac
	COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _understory understory
`;
}

/** For `~/.zshrc`, after `compinit`: `eval "$(understory completion zsh)"`. */
export function zshScript(table: readonly CommandWords[]): string {
	return `#compdef understory
_understory() {
	local at='' choices='' i
	for ((i = 2; i < CURRENT; i++)); do
		case "$at\${at:+ }\${words[i]}" in
${pathsIn(table)}) at="$at\${at:+ }\${words[i]}" ;;
		esac
	done
	case "$at" in
${casesIn(table).replaceAll(' words=', ' choices=')}
	esac
	compadd -- \${=choices}
	_files
}
compdef _understory understory
`;
}

/** For `~/.config/fish/completions/understory.fish`. */
export function fishScript(table: readonly CommandWords[]): string {
	const lines = table.flatMap(({ path, words }) =>
		words.map(({ word, says }) => {
			const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
			return `complete -c understory -n '__understory_at "${path}"' ${what}${says ? ` -d ${quoted(says)}` : ''}`;
		}),
	);
	return `function __understory_at
	set -l at ''
	for word in (commandline -opc)[2..]
		set -l next (string trim "$at $word")
		switch $next
			case ${table
				.filter(({ path }) => path !== '')
				.map(({ path }) => `'${path}'`)
				.join(' ')}
				set at $next
		end
	end
	test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function pathsIn(table: readonly CommandWords[]): string {
	const paths = table.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
	return `\t\t${paths.join(' | ')}`;
}

function casesIn(table: readonly CommandWords[]): string {
	return table
		.map(({ path, words }) => `\t'${path}') words='${words.map(({ word }) => word).join(' ')}' ;;`)
		.join('\n');
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
