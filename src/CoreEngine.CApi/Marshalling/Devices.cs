using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Devices as C writes them: a type's number and a device's number.</summary>
internal static class Devices
{
    /// <summary>The device.</summary>
    /// <exception cref="EngineException">There is no such type or number.</exception>
    internal static Device Of(int type, int id)
    {
        var device = new Device((DeviceType)type, id);
        return device.IsValid
            ? device
            : throw new EngineException(
                $"Device type {type} with number {id} does not exist: types are 1 (cpu), 2 (gpu), 3 (cpu_pinned) and "
                    + $"5 (cpu_shared), numbers go from 0 to {Device.MaxId}."
            );
    }
}
