/* SPDX-License-Identifier: ISC */
/* Modules load with every symbol bound at once, show what sudo looks for, and can be unloaded. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *symbol = strchr(argv[i], ':');
        void *module;

        if (symbol != NULL)
            *symbol++ = '\0';
        module = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
        if (module == NULL) {
            fprintf(stderr, "%s: %s\n", argv[i], dlerror());
            return 1;
        }
        while (symbol != NULL && *symbol != '\0') {
            char *next = strchr(symbol, ',');

            if (next != NULL)
                *next++ = '\0';
            if (dlsym(module, symbol) == NULL) {
                fprintf(stderr, "%s: %s\n", argv[i], dlerror());
                return 1;
            }
            symbol = next;
        }
        if (dlclose(module) != 0) {
            fprintf(stderr, "%s: %s\n", argv[i], dlerror());
            return 1;
        }
    }
    return argc < 2;
}
