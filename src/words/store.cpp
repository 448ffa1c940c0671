#include "words/tables.hpp"

#include <array>

namespace sv::words {

namespace {

// clang-format off
constexpr auto kPhrases = std::to_array<Phrase>({
    {"the answer cache {} was written by a newer version of status-validator (format {}, this one reads {}); update status-validator or use another --cache",
     "кэш ответов {} записан более новой версией status-validator (формат {}, эта читает {}); обновите status-validator или укажите другой --cache"},
    {"cannot open the answer cache {}: {}", "кэш ответов {} не открывается: {}"},
    {"cannot open the answer cache", "кэш ответов не открывается"},
    {"another program holds it; wait for it or use another --cache", "его занимает другая программа; дождитесь её или укажите другой --cache"},
    {"the disk is full; free some space and run again, what was answered before is kept",
     "диск полон; освободите место и запустите снова, полученные ответы сохранены"},
    {"make the file and its directory writable or use another --cache",
     "разрешите запись в файл и его папку или укажите другой --cache"},
    {"the file is damaged", "файл повреждён"},
    {"check the disk or use another --cache", "проверьте диск или укажите другой --cache"},
    {"limits are not shared with other runs that use the same answer cache: {}: {}; runs one after the other are not affected",
     "лимиты не делятся с другими запусками с тем же кэшем ответов: {}: {}; запускам по очереди это не мешает"},
    {"it is not a file", "это не файл"},
    {"it belongs to another program; rename it", "это файл другой программы; переименуйте его"},
    {"runs with another clock (another container) or of another version use it",
     "им пользуются запуски с другими часами (другой контейнер) или другой версии"},
    {"another process holds it", "его держит другой процесс"},
    {"the answer cache {} was damaged; it was moved to {} and a new one was begun",
     "кэш ответов {} был повреждён; он перенесён в {}, начат новый"},
    {"{} undamaged answers were carried over from {}", "неповреждённых ответов перенесено: {} (из {})"},
    {"the path of the answer cache is empty", "путь к кэшу ответов пуст"},
    {"{} and {} are databases of another program; use another --cache",
     "{} и {} — базы другой программы; укажите другой --cache"},
    {"{} belongs to another program and is left as it is; answers are kept in {}",
     "{} — файл другой программы, он не тронут; ответы хранятся в {}"},
    {"the answer cache {} is on a file system without shared memory; it works, slower",
     "кэш ответов {} лежит на диске без общей памяти; работает, но медленнее"},
    {"the answer cache {} is damaged again and again; check the disk", "кэш ответов {} повреждается снова и снова; проверьте диск"},
    {"cannot keep the rows of the run in {}: {}", "строки запуска не сохраняются в {}: {}"},
    {"cannot read the journal {}: {}", "журнал {} не читается: {}"},
    {"cannot open the lock {}: {}; make the place writable or use another --cache",
     "замок {} не открывается: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot open the journal {}: {}; make the place writable or use another --cache",
     "журнал {} не открывается: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot write the journal {}: {}; make the place writable or use another --cache",
     "журнал {} не записывается: {}; разрешите запись туда или укажите другой --cache"},
    {"open the lock", "замок"},
    {"open the journal", "открыть журнал"},
    {"write the journal", "записать журнал"},
    {"another run works on {}: {}; wait for its end, or stop it and run again",
     "с {} работает другой запуск: {}; дождитесь его конца или остановите его и запустите снова"},
    {"it ends just now", "он как раз заканчивается"},
    {"process {} on {} since {} UTC", "процесс {} на {} с {} UTC"},
    {"process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC", "процесс {} на {} с {} UTC"},
    {"the disk of {} has {} MB free, and {} rows may need {} MB: make room or use another --cache; nothing has been asked or paid yet",
     "на диске с {} свободно {} МБ, а на {} строк может понадобиться {} МБ: освободите место или укажите другой --cache; ничего ещё не спрошено и не оплачено"},
    {"cannot read what was learnt before from {}: {}", "накопленное ранее не читается из {}: {}"},
    {"cannot read what was learnt before from", "накопленное ранее не читается из"},
    {"cannot create directory {}: {}; make the place writable or use another --cache",
     "папка {} не создаётся: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot open the answer cache {}: {}; make the place writable or use another --cache",
     "кэш ответов {} не открывается: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot look at the answer cache {}: {}; make the place writable or use another --cache",
     "нет доступа к кэшу ответов {}: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot read the answer cache {}: {}; make the place writable or use another --cache",
     "кэш ответов {} не читается: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot create the answer cache {}: {}; make the place writable or use another --cache",
     "кэш ответов {} не создаётся: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot move the damaged answer cache {}: {}; make the place writable or use another --cache",
     "повреждённый кэш ответов {} не переносится: {}; разрешите запись туда или укажите другой --cache"},
    {"cannot create directory", "не создаётся папка"},
    {"cannot look at the answer cache", "нет доступа к кэшу ответов"},
    {"cannot read the answer cache", "кэш ответов не читается"},
    {"cannot create the answer cache", "кэш ответов не создаётся"},
    {"cannot move the damaged answer cache", "повреждённый кэш ответов не переносится"},
    {"the answer cache {} is not a file; use another --cache", "кэш ответов {} — не файл; укажите другой --cache"},
    {"an answer is too long to be kept: more than {} bytes", "ответ слишком длинный, чтобы его хранить: больше {} байт"},
    {"a learnt fact is not kept: too long, or {} are known", "наблюдение не сохранено: слишком длинное, или их уже {}"},
    {"cannot keep answers in {}: {}", "ответы не сохраняются в {}: {}"},
    {"cannot keep answers in", "ответы не сохраняются в"},
    {"the answer cache was damaged and could not be replaced", "кэш ответов был повреждён, и заменить его не удалось"},
    {"cannot read answers from {}: {}", "ответы не читаются из {}: {}"},
    {"cannot read answers from", "ответы не читаются из"},
    {"what other runs with the same answer cache are asking is not known: {}: {}; runs at the same time may ask the same question twice",
     "не видно, о чём спрашивают другие запуски с тем же кэшем ответов: {}: {}; одновременные запуски могут спросить одно и то же дважды"},
});
// clang-format on

}  // namespace

std::span<const Phrase> store_phrases() { return kPhrases; }

}  // namespace sv::words
