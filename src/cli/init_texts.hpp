// What `init` writes when it is not told otherwise: a sheet and a rulebook to begin with.
#pragma once

#include "domain/language.hpp"

#include <string_view>

namespace sv::cli {

// A sheet of six projects as CSV, some of them with mistakes.
constexpr std::string_view sample_sheet(domain::Language language) {
  if (language == domain::Language::russian) {
    return "Проект,Статус,Комментарий,Дата завершения,Руководитель\n"
           "Склад,В работе,\"Сделано: собраны 12 стеллажей из 30. План: до 12.12 собрать "
           "остальные.\",2027-02-01,Орлова А.\n"
           "Сайт,В работе,Работы идут по плану.,2027-03-15,Ким С.\n"
           "Обучение,Завершён,\"Сделано: обучены 48 сотрудников, акт подписан. План: работ "
           "нет.\",2026-11-20,Орлова А.\n"
           "Отчётность,Почти готово,\"Сделано: настроены три формы. План: сдать 20.12.\",2026-12-20,Панин "
           "Д.\n"
           "Бот,Есть риски,,2027-01-31,Ким С.\n"
           "Архив,Есть риски,\"Сделано: перенесено 40 % дел. План: найти второго поставщика до 10.12. Риск: "
           "первый "
           "срывает срок.\",2027-04-30,Панин Д.\n";
  }
  return "Project,Status,Comment,Completion date,Manager\n"
         "Warehouse,In work,\"Done: 12 of 30 racks are up. Plan: the others by 12 December.\",2027-02-01,A. "
         "Orlova\n"
         "Website,In work,Everything goes as planned.,2027-03-15,S. Kim\n"
         "Training,Completed,\"Done: 48 people are trained, the record is signed. Plan: nothing is "
         "left.\",2026-11-20,A. "
         "Orlova\n"
         "Reporting,Nearly there,\"Done: three forms are set up. Plan: hand over on 20 "
         "December.\",2026-12-20,D. Panin\n"
         "Chatbot,At risk,,2027-01-31,S. Kim\n"
         "Archive,At risk,\"Done: 40 % of the files are moved. Plan: find a second supplier by 10 December. "
         "Risk: the "
         "first one is late.\",2027-04-30,D. Panin\n";
}

constexpr std::string_view sample_rules(domain::Language language) {
  if (language == domain::Language::russian) {
    return "# Правила статус-отчётов\n\n"
           "1. В комментарии есть разделы «Сделано:» и «План:».\n"
           "2. «Сделано:» называет результат: что готово, сколько, кем принято. «По плану» — не результат.\n"
           "3. «План:» называет следующий шаг и его срок.\n"
           "4. При статусе «Есть риски» назван риск и что с ним делают.\n"
           "5. При статусе «Завершён» новых работ в плане нет.\n";
  }
  return "# Rules for status updates\n\n"
         "1. The comment has the headings \"Done:\" and \"Plan:\".\n"
         "2. \"Done:\" names a result: what is ready, how much of it, accepted by whom. \"As planned\" is no "
         "result.\n"
         "3. \"Plan:\" names the next step and its date.\n"
         "4. With the status \"At risk\" the risk is named, and what is done about it.\n"
         "5. With the status \"Completed\" nothing new is planned.\n";
}

constexpr std::string_view sample_statuses(domain::Language language) {
  return language == domain::Language::russian ? "[В работе, Есть риски, Завершён]"
                                               : "[In work, At risk, Completed]";
}

// The settings file; {} seven times: source, target, rulebook, what comments the statuses out, the statuses,
// model, address.
constexpr std::string_view settings_template(domain::Language language) {
  if (language == domain::Language::russian) {
    return "# Настройки status-validator. Все ключи, значения по умолчанию и пределы: docs/configuration.md\n"
           "# Пути указаны от этого файла.\n"
           "source: {}\n"
           "target: {}\n"
           "rules_file: {}\n"
           "\n"
           "# Заголовки столбцов; если не заданы, ищутся обычные русские и английские имена.\n"
           "# columns:\n"
           "#   identifier: Проект\n"
           "#   status: Статус\n"
           "#   comment: Комментарий\n"
           "#   completion_date: Дата завершения\n"
           "#   project_manager: Руководитель\n"
           "\n"
           "# Допустимые статусы; если не заданы, допустим любой.\n"
           "{}allowed_statuses: {}\n"
           "\n"
           "# Правила, которые бесплатно решает код (docs/checks.ru.md). unless_failed: о строках, не "
           "прошедших\n"
           "# проверку, модель не спрашивают.\n"
           "# ask_model: unless_failed\n"
           "# checks:\n"
           "#   - {{id: C1, column: comment, required: true}}\n"
           "\n"
           "llm:\n"
           "  providers:\n"
           "    1:\n"
           "      name: first\n"
           "      model: {}\n"
           "      base_url: {}\n"
           "      # Ключ лежит в этой переменной окружения или в файле .env рядом с этим файлом.\n"
           "      api_key_env: OPENAI_API_KEY\n"
           "      # rpm: 500      # лимиты находятся сами; заданные соблюдаются с первого запроса\n"
           "      # tpm: 200000\n"
           "\n"
           "# max_cost: 2.50    # сколько может стоить запуск, в валюте цен\n";
  }
  return "# Settings of status-validator. Every key, its default and range: docs/configuration.md\n"
         "# Paths are relative to this file.\n"
         "source: {}\n"
         "target: {}\n"
         "rules_file: {}\n"
         "\n"
         "# Header cells of the columns; without them the usual English and Russian names are looked for.\n"
         "# columns:\n"
         "#   identifier: Project\n"
         "#   status: Status\n"
         "#   comment: Comment\n"
         "#   completion_date: Completion date\n"
         "#   project_manager: Manager\n"
         "\n"
         "# Statuses that may be used; without them every status may.\n"
         "{}allowed_statuses: {}\n"
         "\n"
         "# Rules that code decides, for nothing (docs/checks.md). unless_failed: rows that fail one are not "
         "asked "
         "about.\n"
         "# ask_model: unless_failed\n"
         "# checks:\n"
         "#   - {{id: C1, column: comment, required: true}}\n"
         "\n"
         "llm:\n"
         "  providers:\n"
         "    1:\n"
         "      name: first\n"
         "      model: {}\n"
         "      base_url: {}\n"
         "      # The key is in this environment variable, or in a file .env beside this one.\n"
         "      api_key_env: OPENAI_API_KEY\n"
         "      # rpm: 500      # limits are found out; given ones are kept to from the first request on\n"
         "      # tpm: 200000\n"
         "\n"
         "# max_cost: 2.50    # what a run may cost, in the currency of the prices\n";
}

}  // namespace sv::cli
