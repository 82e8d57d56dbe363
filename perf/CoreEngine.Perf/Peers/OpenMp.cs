using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>The thread count of libraries that are built on GNU OpenMP (oneDNN as Debian builds it).</summary>
internal static partial class OpenMp
{
    private const string Library = "libgomp.so.1";

    /// <summary>
    /// The number of threads of parallel regions that the calling thread opens from now on. oneDNN cuts a primitive's work
    /// by this number when the primitive is made, so set it before making one and leave it while one is executed.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "omp_set_num_threads")]
    public static partial void SetThreads(int threads);
}
