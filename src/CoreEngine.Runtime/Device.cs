using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CoreEngine;

/// <summary>A place for memory and work: a type and a number, written <c>cpu(0)</c> or <c>gpu(1)</c>.</summary>
/// <param name="Type">The kind of device.</param>
/// <param name="Id">The number of the device among those of its type, from 0.</param>
public readonly record struct Device(DeviceType Type, int Id)
{
    /// <summary>The highest device number that is accepted.</summary>
    public const int MaxId = 255;

    /// <summary>A CPU device. Different numbers are separate groups of workers on the same memory.</summary>
    public static Device Cpu(int id = 0) => new(DeviceType.Cpu, id);

    /// <summary>A GPU.</summary>
    public static Device Gpu(int id = 0) => new(DeviceType.Gpu, id);

    /// <summary>Pinned host memory; operations on it run on the CPU.</summary>
    public static Device CpuPinned(int id = 0) => new(DeviceType.CpuPinned, id);

    /// <summary>Host memory shared between processes; operations on it run on the CPU.</summary>
    public static Device CpuShared(int id = 0) => new(DeviceType.CpuShared, id);

    /// <summary>Whether the memory can be read by the host's processors (all but GPU memory).</summary>
    public bool IsHost => Type is DeviceType.Cpu or DeviceType.CpuPinned or DeviceType.CpuShared;

    /// <summary>Whether the type is a known one and the number is between 0 and <see cref="MaxId"/>.</summary>
    public bool IsValid => (IsHost || Type == DeviceType.Gpu) && (uint)Id <= MaxId;

    /// <summary>The device as <c>cpu(0)</c>, <c>gpu(1)</c>, <c>cpu_pinned(0)</c> or <c>cpu_shared(0)</c>.</summary>
    public override string ToString() => $"{NameOf(Type)}({Id.ToString(CultureInfo.InvariantCulture)})";

    /// <summary>Reads <c>cpu(0)</c>, <c>gpu(1)</c>, or a bare type name, which means number 0.</summary>
    /// <returns>False when the text names no device.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Device device)
    {
        device = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int id = 0;
        int open = rest.IndexOf('(');
        if (open >= 0)
        {
            if (
                rest[^1] != ')'
                || !int.TryParse(
                    rest[(open + 1)..^1],
                    NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                    CultureInfo.InvariantCulture,
                    out id
                )
            )
            {
                return false;
            }
            rest = rest[..open];
        }
        DeviceType type = rest switch
        {
            "cpu" => DeviceType.Cpu,
            "gpu" => DeviceType.Gpu,
            "cpu_pinned" => DeviceType.CpuPinned,
            "cpu_shared" => DeviceType.CpuShared,
            _ => default,
        };
        device = new Device(type, id);
        if (device.IsValid)
        {
            return true;
        }
        device = default;
        return false;
    }

    /// <summary>Reads a device as <see cref="TryParse"/> does.</summary>
    /// <exception cref="InvalidDeviceException">The text names no device.</exception>
    public static Device Parse(string text) =>
        TryParse(text, out Device device)
            ? device
            : throw new InvalidDeviceException(
                $"'{text}' is no device. Write cpu(0), gpu(0), cpu_pinned(0) or cpu_shared(0), "
                    + $"with a number from 0 to {MaxId}."
            );

    private static string NameOf(DeviceType type) =>
        type switch
        {
            DeviceType.Cpu => "cpu",
            DeviceType.Gpu => "gpu",
            DeviceType.CpuPinned => "cpu_pinned",
            DeviceType.CpuShared => "cpu_shared",
            _ => "unknown",
        };
}
