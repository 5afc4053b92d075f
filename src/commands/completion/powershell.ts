import { type Completable, type CompletableFlag, names, type Values } from './scripts.js';

/**
 * For Windows PowerShell 5.1 and PowerShell 7. A completer that offers nothing leaves the word to PowerShell, which then offers files:
 * that is what arguments that name a file need.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter
 */
export const powershellScript = (commands: readonly Completable[]): string => `# PowerShell completion for bootstrap
Register-ArgumentCompleter -Native -CommandName ${names.map(quoted).join(', ')} -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # For each command: its flags, the values of the flags that take one, and its subcommands or the values of its argument.
    $commands = @{
${commands.map(entryOf).join('\n')}
    }
    $at = ''
    $flag = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.Extent.Text
        if ($flag -ne '') { $flag = ''; continue }
        if ($word.StartsWith('-')) {
            if ($commands[$at].Takes.ContainsKey($word)) { $flag = $word }
            continue
        }
        $below = "$at $word".Trim()
        if ($commands.ContainsKey($below)) { $at = $below }
    }
    $command = $commands[$at]
    $before = ''
    $typed = "$wordToComplete"
    if ($flag -eq '' -and $typed -match '^(--[a-z-]+)=(.*)$' -and $command.Takes.ContainsKey($Matches[1])) {
        $flag = $Matches[1]
        $before = "$flag="
        $typed = $Matches[2]
    }
    if ($flag -ne '') {
        $offers = $command.Takes[$flag]
        if ($command.Lists -contains $flag -and $typed.Contains(',')) {
            $last = $typed.LastIndexOf(',') + 1
            $before += $typed.Substring(0, $last)
            $typed = $typed.Substring($last)
        }
    } elseif ($typed.StartsWith('-')) {
        $offers = $command.Flags
    } else {
        $offers = $command.Words
    }
    foreach ($offer in $offers) {
        $text, $about = $offer -split '\\|', 2
        if (-not $text.StartsWith($typed, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        if (-not $about) { $about = $text }
        [System.Management.Automation.CompletionResult]::new("$before$text", $text, 'ParameterValue', $about)
    }
}
`;

/** Text for a script: in single quotes. PowerShell accepts typographic quotes as quotes too. */
const quoted = (text: string): string => `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;

const array = (texts: readonly string[]): string => `@(${texts.map(quoted).join(', ')})`;

const entryOf = ({ path, flags, commands, argument }: Completable): string => {
  const taking = flags.filter(({ value }) => value !== undefined);
  const words = commands.length > 0 ? commands.map(({ name, about }) => offer(name, about)) : wordsOf(argument);
  return `        ${quoted(path.join(' '))} = @{
            Flags = ${array(flags.flatMap((flag) => flag.names.map((name) => offer(name, flag.about))))}
            Takes = @{${taking.flatMap(takesOf).join('; ')}}
            Lists = ${array(taking.flatMap((flag) => (flag.value?.kind === 'words' && flag.value.list ? flag.names : [])))}
            Words = ${array(words)}
        }`;
};

const takesOf = ({ names: called, value }: CompletableFlag): readonly string[] =>
  called.map((name) => `${quoted(name)} = ${array(value === undefined ? [] : wordsOf(value))}`);

/** A word and what it means. No word contains the separator. */
const offer = (word: string, about: string): string => `${word}|${about}`;

const wordsOf = (value: Values): readonly string[] => (value.kind === 'words' ? value.words : []);
