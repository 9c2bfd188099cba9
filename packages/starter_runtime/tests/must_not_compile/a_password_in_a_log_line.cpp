// error: conversion function from 'const starter::SecretText<1, 40>' to 'LogValue' invokes a deleted function
#include "prelude.h"

void print(starter::observe::Logger& log, const starter::SecretText<1, 40>& password) {
  log.info("password", {{"value", password}});  // bad
  log.info("password", {{"size", password.reveal().size()}});
}
