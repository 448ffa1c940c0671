// `spreadsheets.batchUpdate`: one function per kind of request.
#pragma once

#include "sim_sheets/api_error.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

namespace sv::sim_sheets {

// {spreadsheetId, replies, commentUpdateState}. All or nothing is the caller's: on an error `sheet` is half
// changed and to be thrown away. Errors name the request: "Invalid requests[2].updateCells: …". A kind that
// exists at Google and not here is UNIMPLEMENTED (501), so that a test never mistakes it for done.
Answer<boost::json::object> batch_update(Spreadsheet& sheet, const boost::json::object& body);

}  // namespace sv::sim_sheets
