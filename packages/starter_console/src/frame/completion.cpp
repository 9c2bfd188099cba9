#include "frame/completion.h"

#include <map>
#include <set>

#include "frame/command.h"
#include "starter/core/text.h"

namespace starter::console {

namespace {

// Every prefix of a command line and the words that may follow it: "" -> verify doctor..., "dev up" ->
// --no-build ... The verbs of ./dev are kept under "./dev". "$(_starter_values suites)" stands for names that
// only this clone or deployment knows.
std::map<std::string, std::set<std::string>> words_after() {
  std::map<std::string, std::set<std::string>> after;
  for (const auto& command : command_table()) {
    if (command.group.empty()) continue;  // started by others
    const bool development = is_development(command);
    std::string prefix = development ? "./dev" : "starter-console";
    std::string_view rest = development ? command.name.substr(4) : command.name;
    while (!rest.empty()) {
      const auto word = rest.substr(0, rest.find(' '));
      after[prefix].insert(std::string(word));
      prefix += " " + std::string(word);
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    auto& words = after[prefix];
    for (const auto& flags : {flags_of(command), common_flags()}) {
      for (const auto& flag : flags) words.insert(std::string(flag.name.substr(flag.name.find("--"))));
    }
    for (const auto& argument : command.arguments) {
      for (auto choices = argument.choices; !choices.empty();) {
        const auto choice = choices.substr(0, choices.find('|'));
        words.insert(std::string(choice));
        choices.remove_prefix(std::min(choices.size(), choice.size() + 1));
      }
      if (!argument.values.empty()) words.insert("$(_starter_values " + std::string(argument.values) + ")");
    }
  }
  return after;
}

// bash and zsh share it: the words typed so far, without flags, are looked up from the longest prefix down.
std::string cases() {
  std::string text = "  case \"$prefix\" in\n";
  for (const auto& [prefix, words] : words_after())
    text += "    \"" + prefix + "\") words=\"" + joined(words, " ") + "\" ;;\n";
  return text + "    *) return 1 ;;\n  esac\n";
}

std::string bash() {
  return "# bash completion of starter-console and ./dev\n"
         "_starter_values() { \"${COMP_WORDS[0]}\" complete \"$1\" 2>/dev/null; }\n"
         "_starter_words() {\n  local prefix=$1\n" +
         cases() +
         "}\n"
         "_starter() {\n"
         "  local words= prefix=starter-console word i\n"
         "  [[ ${COMP_WORDS[0]} == */dev ]] && prefix=./dev\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    word=${COMP_WORDS[i]}\n"
         "    [[ $word == -* ]] || { _starter_words \"$prefix $word\" && prefix=\"$prefix $word\"; }\n"
         "  done\n"
         "  _starter_words \"$prefix\"\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
         "}\n"
         "complete -o default -F _starter starter-console ./dev\n";
}

std::string zsh() {
  return "#compdef starter-console ./dev\n"
         "# zsh completion of starter-console and ./dev\n"
         "_starter_values() { \"${words_typed[1]}\" complete \"$1\" 2>/dev/null }\n"
         "_starter_words() {\n  local prefix=$1\n" +
         cases() +
         "}\n"
         "_starter() {\n"
         "  local words_typed=(\"${words[@]}\") at=$CURRENT prefix=starter-console word i\n"
         "  [[ ${words_typed[1]} == */dev ]] && prefix=./dev\n"
         "  local words=\n"
         "  for ((i = 2; i < at; i++)); do\n"
         "    word=${words_typed[i]}\n"
         "    [[ $word == -* ]] || { _starter_words \"$prefix $word\" && prefix=\"$prefix $word\"; }\n"
         "  done\n"
         "  _starter_words \"$prefix\"\n"
         "  compadd -- ${=words}\n"
         "}\n"
         "compdef _starter starter-console ./dev\n";
}

// fish runs a command in plain brackets.
std::string for_fish(std::string words, const std::string& program) {
  const std::string ours = "$(_starter_values ";
  for (auto at = words.find(ours); at != words.npos; at = words.find(ours, at))
    words.replace(at, ours.size(), "(" + program + " complete ");
  return words;
}

std::string fish() {
  std::string text = "# fish completion of starter-console and ./dev\n";
  for (const auto& [prefix, words] : words_after()) {
    const auto program = prefix.substr(0, prefix.find(' '));
    const auto path = prefix.size() == program.size() ? std::string() : prefix.substr(program.size() + 1);
    // A group's words follow it at once; a command's may follow anything that was typed behind it.
    const bool command = find_command((program == "./dev" ? "dev " : "") + path) != nullptr;
    const auto condition = path.empty() ? std::string("__fish_use_subcommand")
                                        : "string match -qr \"^\\S+ +" + path +
                                              (command ? " " : " +\\S*\\$") + "\" -- (commandline -cp)";
    text += "complete -c " + (program == "./dev" ? std::string("dev") : program) + " -f -n '" + condition +
            "' -a '" + for_fish(joined(words, " "), program) + "'\n";
  }
  return text;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  return shell == "bash" ? bash() : shell == "zsh" ? zsh() : fish();
}

}  // namespace starter::console
