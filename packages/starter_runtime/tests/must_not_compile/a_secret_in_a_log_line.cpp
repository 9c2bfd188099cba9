// error: conversion function from 'const starter::Secret' to 'LogValue' invokes a deleted function
#include "prelude.h"

void print(starter::observe::Logger& log, const starter::Secret& secret) {
  log.info("secret", {{"value", secret}});  // bad
  log.info("secret", {{"size", secret.size()}});
}
