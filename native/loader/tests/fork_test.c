/*
 * fork_test LIBRARY ROUNDS: a program with work in flight forks again and again. Parent and children must compute the right
 * numbers; children use the library from new threads, too, and fork themselves.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void *Handle;

enum
{
    SIDE = 256,
    COUNT = SIDE * SIDE,
    THREADS = 3,
    SECONDS = 60
};

static int (*s_create)(const unsigned *, unsigned, int, int, int, int, Handle *);
static int (*s_free)(Handle);
static int (*s_copy_from)(Handle, const void *, size_t);
static int (*s_copy_to)(Handle, void *, size_t);
static int (*s_operator)(const char *, Handle *);
static int (*s_invoke)(Handle, int, Handle *, int *, Handle **, int, const char **, const char **);
static const char *(*s_error)(void);
static Handle s_add, s_dot;

static void check(int result)
{
    if (result != 0)
    {
        fprintf(stderr, "%s\n", s_error());
        _exit(3);
    }
}

static Handle invoke(Handle operator_, Handle a, Handle b)
{
    Handle inputs[] = {a, b}, *outputs = NULL;
    int count = 0;
    check(s_invoke(operator_, 2, inputs, &count, &outputs, 0, NULL, NULL));
    return outputs[0];
}

static Handle constant(float value)
{
    static const unsigned shape[] = {SIDE, SIDE};
    Handle array;
    float *values = malloc(COUNT * sizeof *values);
    for (int i = 0; i < COUNT; i++)
    {
        values[i] = value;
    }

    check(s_create(shape, 2, 1, 0, 0, 0, &array));
    check(s_copy_from(array, values, COUNT));
    free(values);
    return array;
}

static void expect(Handle array, float value)
{
    float *values = malloc(COUNT * sizeof *values);
    check(s_copy_to(array, values, COUNT));
    for (int i = 0; i < COUNT; i++)
    {
        if (values[i] != value)
        {
            fprintf(stderr, "element %d is %g instead of %g\n", i, values[i], value);
            _exit(4);
        }
    }

    free(values);
}

/* Begins some operations; the last one's result holds 2 * value * value * SIDE. */
static Handle begin(float value)
{
    Handle a = constant(value);
    Handle product = invoke(s_dot, a, a);
    Handle sum = invoke(s_add, product, product);
    check(s_free(product));
    check(s_free(a));
    return sum;
}

static void *compute(void *context)
{
    for (int i = 1; i <= 5; i++)
    {
        Handle array = begin((float)i);
        expect(array, 2.0f * i * i * SIDE);
        check(s_free(array));
    }

    return context;
}

static void compute_in_threads(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
    {
        pthread_create(&threads[i], NULL, compute, NULL);
    }

    for (int i = 0; i < THREADS; i++)
    {
        pthread_join(threads[i], NULL);
    }
}

static int result_of(pid_t child)
{
    int status;
    return waitpid(child, &status, 0) == child ? status : -1;
}

static void live_as_child(Handle inherited)
{
    alarm(SECONDS);
    expect(inherited, 2.0f * 9 * SIDE);
    compute(NULL);
    compute_in_threads();
    pid_t grandchild = fork();
    if (grandchild == 0)
    {
        alarm(SECONDS);
        compute(NULL);
        _exit(0);
    }

    compute(NULL);
    _exit(result_of(grandchild) == 0 ? 0 : 5);
}

static void *find(void *library, const char *name)
{
    void *function = dlsym(library, name);
    if (function == NULL)
    {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }

    return function;
}

int main(int count, char **arguments)
{
    void *library = count == 3 ? dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL)
    {
        fprintf(stderr, "%s\n", count == 3 ? dlerror() : "usage: fork_test LIBRARY ROUNDS");
        return 2;
    }

    *(void **)&s_create = find(library, "MXNDArrayCreateEx");
    *(void **)&s_free = find(library, "MXNDArrayFree");
    *(void **)&s_copy_from = find(library, "MXNDArraySyncCopyFromCPU");
    *(void **)&s_copy_to = find(library, "MXNDArraySyncCopyToCPU");
    *(void **)&s_operator = find(library, "NNGetOpHandle");
    *(void **)&s_invoke = find(library, "MXImperativeInvoke");
    *(void **)&s_error = find(library, "MXGetLastError");
    check(s_operator("elemwise_add", &s_add));
    check(s_operator("dot", &s_dot));
    /* A thread that has used the library and ended before the fork. */
    pthread_t early;
    pthread_create(&early, NULL, compute, NULL);
    pthread_join(early, NULL);
    int failures = 0, rounds = atoi(arguments[2]);
    for (int i = 0; i < rounds; i++)
    {
        Handle pending = begin(3);
        pid_t child = fork();
        if (child == 0)
        {
            live_as_child(pending);
        }

        compute(NULL);
        expect(pending, 2.0f * 9 * SIDE);
        check(s_free(pending));
        int status = result_of(child);
        if (status != 0)
        {
            failures++;
            fprintf(stderr, "round %d: the child ended with status %x\n", i, (unsigned)status);
        }
    }

    return failures != 0;
}
