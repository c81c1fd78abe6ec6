package org.sisyphus.jobs;

import java.io.IOException;

/** Why a file is not counted here. Its message is shown in the application's log and quotes nothing of the file. */
final class NotCounted extends IOException {
  private static final long serialVersionUID = 1;

  NotCounted(String message) {
    super(message);
  }
}
