using CoreEngine.Files;

namespace CoreEngine;

// Files that other libraries read and write: NumPy's and safetensors.
public sealed partial class NDArray
{
    /// <summary>Saves this dense array as NumPy does (<c>.npy</c>), after waiting for its values.</summary>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="EngineException">The array is sparse, or its values could not be computed.</exception>
    public void SaveNpy(string path)
    {
        RequireDense(nameof(SaveNpy));
        NpyFile.Save(path, ToStored());
        GC.KeepAlive(this);
    }

    /// <summary>Loads a <c>.npy</c> file onto <c>cpu(0)</c>.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no .npy file, damaged, or of a type that arrays cannot hold.</exception>
    public static NDArray LoadNpy(string path) => FromStored(new StoredArrayList([NpyFile.Load(path)], []), path)[0];

    /// <summary>Saves named dense arrays as NumPy does (<c>.npz</c>), after waiting for their values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays; NumPy calls those without names arr_0, arr_1 and so on.</param>
    /// <param name="isCompressed">Whether to pack the values: smaller for values with a pattern, and slower.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="EngineException">An array is sparse, or its values could not be computed.</exception>
    public static void SaveNpz(string path, IReadOnlyDictionary<string, NDArray> arrays, bool isCompressed = false)
    {
        NpzFile.Save(path, DenseToStored(arrays, nameof(SaveNpz)), [.. arrays.Keys], isCompressed);
        GC.KeepAlive(arrays);
    }

    /// <summary>Loads the arrays of a <c>.npz</c> file onto <c>cpu(0)</c>, in the file's order.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no .npz file, damaged, or holds what arrays cannot.</exception>
    public static IReadOnlyDictionary<string, NDArray> LoadNpz(string path) => ToDictionary(NpzFile.Load(path), path);

    /// <summary>Saves named dense arrays in the safetensors format, after waiting for their values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays; the format orders them by type and name.</param>
    /// <param name="metadata">Texts to keep beside the arrays; PyTorch's readers look for <c>format</c> = <c>pt</c>.</param>
    /// <exception cref="FileAccessException">The file cannot be written; the previous one is unchanged.</exception>
    /// <exception cref="EngineException">An array is sparse, or its values could not be computed.</exception>
    public static void SaveSafetensors(
        string path,
        IReadOnlyDictionary<string, NDArray> arrays,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        SafetensorsFile.Save(path, DenseToStored(arrays, nameof(SaveSafetensors)), [.. arrays.Keys], metadata);
        GC.KeepAlive(arrays);
    }

    /// <summary>
    /// Loads the arrays of a safetensors file onto <c>cpu(0)</c>, in the order of their values; bfloat16 becomes
    /// float32. <see cref="SafetensorsFile.Load"/> also gives the texts beside them.
    /// </summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no safetensors file, damaged, or of a type that arrays lack.</exception>
    public static IReadOnlyDictionary<string, NDArray> LoadSafetensors(string path) =>
        ToDictionary(SafetensorsFile.Load(path), path);

    private static StoredArray[] DenseToStored(IReadOnlyDictionary<string, NDArray> arrays, string operation)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        foreach (NDArray array in arrays.Values)
        {
            array.RequireDense(operation);
        }

        return [.. arrays.Values.Select(array => array.ToStored())];
    }
}
